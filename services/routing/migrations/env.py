from services.routing.tables import metadata

from libs.runtime.migrate import run_env

run_env(metadata)
