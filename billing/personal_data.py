"""What this app tells the data map."""

from privacy.datamap import neutral_model

neutral_model(
    "billing.TaxRate",
    "id",
    "code",
    "name",
    "percent",
    "base_numerator",
    "base_denominator",
    "valid_from",
)

neutral_model(
    "billing.RatePlan",
    "id",
    "name",
    "currency",
    "tax_code",
    "tax_included",
)

neutral_model(
    "billing.Tariff",
    "id",
    "plan",
    "valid_from",
    "hour_amount",
    "half_day_amount",
    "day_amount",
)
