/** Charts as SVG, drawn by echarts without a browser. Imported only where a page has a chart: it is large. */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, ScatterChart, GridComponent, SVGRenderer]);

/** An SVG of that size in which every style is an attribute, for the page's policy allows no others. */
export function draw(option: EChartsCoreOption, name: string, width: number, height: number): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return plain(chart.renderToSVGString(), name);
  } finally {
    chart.dispose();
  }
}

/** Without what is for a mouse, with ids of its own, and scaled by the page instead of by itself. */
const plain = (svg: string, name: string): string =>
  svg
    .replace(/<style\s*>[^]*?<\/style>/, '')
    .replace(/<svg width="\d+" height="\d+"/, '<svg aria-hidden="true" focusable="false"')
    .replaceAll(/ style="[^"]*font-size:(\d+)px[^"]*"/g, ' font-size="$1"')
    .replaceAll(/ (?:style|class|pointer-events|ecmeta_\w+|xmlns:xlink|baseProfile)="[^"]*"/g, '')
    .replaceAll(/\bzr\d+-/g, `${name}-`)
    .replaceAll(/(\.\d)\d{2,}/g, '$1');
