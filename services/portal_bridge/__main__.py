from libs.launch.cli import main
from services.portal_bridge.app import SERVICE

raise SystemExit(main(SERVICE))
