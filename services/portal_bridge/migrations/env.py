from libs.launch.migrate import run_env
from services.portal_bridge.tables import metadata

run_env(metadata)
