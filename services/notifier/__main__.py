from libs.launch.cli import main
from services.notifier.app import SERVICE

raise SystemExit(main(SERVICE))
