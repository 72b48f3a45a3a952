# The night as a DAG of Airflow 3 (2: `from airflow import DAG`, `airflow.operators.bash`). The worker has the command and the settings.
# The due time is the DAG run's own, so a task that is cleared by hand repeats nothing: leave --once out to do that night anew.
from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="redox_reconcile",
    schedule="15 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="America/Chicago"),  # as SITE_TIME_ZONE
    catchup=False,
    max_active_runs=1,
):
    BashOperator(
        task_id="nightly",
        bash_command="redox-reconcile nightly --due {{ data_interval_end | ts }} --once --wait 6h --env-file /etc/redox-reconcile.env",
        # Lines for a person, and stopped early: no failures, and no reason to try again.
        skip_on_exit_code=[2, 3],
        # A worker that died, or a neighbour that was away: on any worker.
        retries=6,
        retry_delay=timedelta(minutes=5),
        execution_timeout=timedelta(hours=20),
    )
