"""kimeval: evaluation of Kommunales Integrationsmanagement (KIM) in NRW."""

__version__ = "0.1.0"
