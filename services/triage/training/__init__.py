"""How the model of triage is made from the corpus and examined. Needs scikit-learn, which no running service has."""
