from libs.launch.cli import main
from services.routing.app import SERVICE

raise SystemExit(main(SERVICE))
