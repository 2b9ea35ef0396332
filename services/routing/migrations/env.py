from libs.launch.migrate import run_env
from services.routing.tables import metadata

run_env(metadata)
