"""Draft profiles for exports not seen before (Entwurf eines Profils)."""

from kimeval.data.drafting.draft import Draft, draft_profile

__all__ = ["Draft", "draft_profile"]
