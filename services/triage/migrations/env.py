from libs.launch.migrate import run_env
from services.triage.tables import metadata

run_env(metadata)
