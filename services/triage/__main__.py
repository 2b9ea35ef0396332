from libs.launch.cli import main
from services.triage.app import SERVICE

raise SystemExit(main(SERVICE))
