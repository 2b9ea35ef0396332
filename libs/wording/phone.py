"""Telephone numbers as people write them at home."""


def phone_in_words(phone: str) -> str:
    """A normalised number (`84…`) as it is dialled and written: `0912 345 678`; anything else as it is."""
    home = f"0{phone[2:]}" if phone.startswith("84") else phone
    return f"{home[:4]} {home[4:7]} {home[7:]}" if len(home) == 10 else home
