"""The vault holds random keys beside random identifiers: by themselves they say nothing."""

from privacy.datamap import neutral_model

# The instants are those of the key, not of anything the person did.
neutral_model(
    "vault.SubjectKey",
    "subject_id",
    "version",
    "master_id",
    "wrapped",
    "created_at",
    "destroyed_at",
    "orphan_since",
)
neutral_model("vault.IndexKey", "id", "only", "master_id", "wrapped", "created_at")
