"""The Vietnamese sentences around announcements; see `texts` for the tone and the rules.

Owns their wording: what officers read while they write and send, and what members read who subscribe.
"""

from __future__ import annotations

HEADER = "📢 Thông báo số {number}"
KINDS = {"text": "(không có chữ)", "media": "ảnh hoặc tệp", "album": "album ảnh, tệp", "copy": "tin nhắn"}
