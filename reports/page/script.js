// Sorts and filters the lines of the page. Without it they stand in their order, all of them.
(() => {
  const table = document.getElementById('lines');
  const controls = document.getElementById('controls');
  if (!table || !controls) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const find = document.getElementById('find');
  const show = document.getElementById('show');
  const shown = document.getElementById('shown');
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const order = new Intl.Collator(undefined, { numeric: true });

  const suits = (row) =>
    show.value === '' ||
    (show.value === 'new' ? row.dataset.needs === 'person' && 'new' in row.dataset : row.dataset.needs === show.value);

  const filter = () => {
    const wanted = find.value.trim().toLowerCase();
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !(suits(row) && texts[index].includes(wanted));
      if (!row.hidden) count += 1;
    });
    shown.textContent = `${count.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} shown`;
  };

  const sort = (head, column) => {
    const isUp = head.getAttribute('aria-sort') !== 'ascending';
    for (const other of table.tHead.rows[0].cells) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
    const keys = new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));
    const sorted = [...rows].sort((a, b) => order.compare(keys.get(a), keys.get(b)) * (isUp ? 1 : -1));
    body.append(...sorted);
  };

  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sort(head, column));
    head.replaceChildren(button);
  });
  find.addEventListener('input', filter);
  show.addEventListener('change', filter);
  controls.hidden = false;
  filter();
})();
