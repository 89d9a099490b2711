"""Which vault belongs to this database."""

from privacy.datamap import neutral_model

neutral_model("privacy.VaultOfData", "only", "vault_id")
