# The night as a periodic batch job of Nomad: `nomad job run nomad.hcl`. The variable nomad/jobs/redox-reconcile holds the site's settings
# under `settings`, one NAME="value" a line; secrets come from files of Vault or of the host (<NAME>_FILE).
# Not between 01:00 and 03:00: Nomad leaves out the day whose clocks skip that time, and starts twice where they repeat an hour.
job "redox-reconcile" {
  type = "batch"
  periodic {
    crons            = ["30 3 * * *"]
    time_zone        = "America/Chicago"
    prohibit_overlap = true
  }
  group "nightly" {
    # A lost client, or an exit code but 0: on another client, until the morning. --once makes that free.
    reschedule {
      attempts       = 72
      interval       = "6h"
      delay          = "5m"
      delay_function = "constant"
      unlimited      = false
    }
    task "nightly" {
      driver       = "docker"
      kill_timeout = "15s"
      config {
        image = "registry.example.org/redox-reconcile:0.1.0"
        args  = ["nightly", "--due", "03:30", "--once", "--wait", "6h", "--ok", "2,3", "--env-file", "/secrets/site.env"]
      }
      template {
        destination = "secrets/site.env"
        data        = "{{ with nomadVar \"nomad/jobs/redox-reconcile\" }}{{ .settings }}{{ end }}"
      }
      resources {
        cpu    = 500
        memory = 1024
      }
    }
  }
}
