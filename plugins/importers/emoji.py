"""Emoji by name (`:wave:`), as the character they stand for.

Most names are Unicode's own, in lower case. The table holds those that are
not: the older short names that chat and forum programs share.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, lookup

# A piece of a line each: names, then the character.
_SHORT_NAMES = """
slight_smile 🙂 smile 😄 smiley 😃 grinning 😀 grin 😁 laughing satisfied 😆 sweat_smile 😅 joy 😂
rofl rolling_on_the_floor_laughing 🤣 wink 😉 blush 😊 innocent 😇 heart_eyes 😍 star_struck 🤩
kissing_heart face_blowing_a_kiss 😘 kissing 😗 yum 😋 stuck_out_tongue 😛 crazy_face zany_face 🤪
stuck_out_tongue_winking_eye 😜 stuck_out_tongue_closed_eyes 😝 hugs hugging_face 🤗 thinking 🤔
face_with_hand_over_mouth 🤭 shushing_face 🤫 zipper_mouth_face 🤐 raised_eyebrow
face_with_raised_eyebrow 🤨 expressionless 😑 no_mouth 😶 smirk 😏 unamused 😒 roll_eyes 🙄
grimacing 😬 face_exhaling 😮‍💨 relieved 😌 pensive 😔 sleepy 😪 sleeping 😴 woozy_face 🥴
hot_face 🥵 cold_face 🥶 exploding_head 🤯 cowboy_hat_face 🤠 partying_face 🥳 sunglasses 😎
nerd 🤓 confused 😕 worried 😟 frowning_face ☹️ frowning slight_frown slightly_frowning_face 🙁
frowning_with_open_mouth 😦 open_mouth 😮 hushed 😯 astonished 😲 flushed 😳 pleading_face 🥺
anguished 😧 fearful 😨 cold_sweat 😰 disappointed_relieved 😥 cry 😢 sob 😭 scream 😱 confounded 😖
persevere 😣 disappointed 😞 sweat 😓 weary 😩 angry 😠 rage 😡 smiling_imp 😈 relaxed smiling_face ☺️
upside_down_face upside_down 🙃 smiling_face_with_three_hearts 🥰 alien 👽 robot 🤖 poop hankey 💩
space_invader 👾 see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 jack_o_lantern 🎃
+1 thumbsup 👍 -1 thumbsdown 👎 wave waving_hand 👋 ok_hand 👌 clap 👏 raised_hands raising_hands 🙌
pray folded_hands 🙏 muscle 💪 metal 🤘 love_you_gesture 🤟 crossed_fingers 🤞 vulcan_salute 🖖
v ✌️ point_up ☝️ point_up_2 👆 point_down backhand_index_pointing_down 👇 point_left 👈
point_right backhand_index_pointing_right 👉 fist ✊ facepunch punch 👊 fist_left 🤛 fist_right 🤜
fu middle_finger 🖕 nail_care 💅 bowing_man man_bowing 🙇‍♂️ raising_hand_man 🙋‍♂️ person_shrugging shrug 🤷
man_shrugging 🤷‍♂️ woman_shrugging 🤷‍♀️ facepalm 🤦 man_facepalming 🤦‍♂️ woman_facepalming 🤦‍♀️
man_cartwheeling 🤸‍♂️ construction_worker_man 👷 woman_zombie 🧟‍♀️ teacher 🧑‍🏫 business_suit_levitating 🕴️
heart ❤️ heartbeat 💓 star ⭐ star2 🌟 dizzy 💫 boom 💥 100 💯 tada 🎉 gift 🎁 art 🎨 drum 🥁
headphones 🎧 notes 🎶 sunny ☀️ zap ⚡ cat2 🐈 dog2 🐕 cow2 🐄 whale2 🐋 frog 🐸 racehorse 🐎 unicorn 🦄
coffee ☕ beer 🍺 champagne 🍾 cake 🍰 pizza 🍕 fish_cake 🍥 flight_arrival 🛬 flight_departure 🛫
bulb light_bulb 💡 link 🔗 laptop 💻 mag 🔍 mag_right 🔎 magnifying_glass_tilted_left 🔍 pencil2 ✏️
date 📅 tear_off_calendar 📆 email e-mail e_mail 📧 thread 🧵 hourglass_flowing_sand ⏳ eight_o_clock 🕗
white_check_mark ✅ x ❌ warning ⚠️ question red_question_mark ❓ exclamation ❗ stop_sign 🛑 infinity ♾️
radioactive ☢️ pause_button ⏸️ new new_button 🆕 sos sos_button 🆘 cool 🆒 id 🆔 tm ™️ one 1️⃣ two 2️⃣ three 3️⃣
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_down_small 🔽 left_right_arrow ↔️
left_arrow_curving_right ↪️ canada 🇨🇦 de 🇩🇪 fr 🇫🇷 es 🇪🇸 us 🇺🇸 gb uk 🇬🇧 brazil 🇧🇷
dog 🐶 cat 🐱 cow 🐮 rabbit 🐰 snowman ☃️ bullseye 🎯 check_mark ✔️ heavy_check_mark ✔️ crossed_swords ⚔️
gear ⚙️ alembic ⚗️ white_flag 🏳️ hammer_and_wrench 🛠️ desktop_computer 🖥️ wastebasket 🗑️
"""
_TONES = ("", "🏻", "🏼", "🏽", "🏾", "🏿")
_NAME = r":([a-z0-9_+-]{1,50})(?::t([2-6]))?:"
_IN_TEXT = re.compile(rf"(?<![\w:])(?:{_NAME})+(?![\w:])")
_WHOLE = re.compile(_NAME)


def _read_table() -> dict[str, str]:
    table: dict[str, str] = {}
    names: list[str] = []
    for word in _SHORT_NAMES.split():
        if word.isascii():
            names.append(word)
        else:
            table.update(dict.fromkeys(names, word))
            names = []
    return table


_BY_SHORT_NAME = _read_table()


@lru_cache(maxsize=2_000)
def emoji_of(code: str) -> str | None:
    """Return the character of a code such as `:wave:` or `:wave:t3:`."""
    found = _WHOLE.fullmatch(code)
    if not found:
        return None
    character = _BY_SHORT_NAME.get(found[1]) or _by_unicode_name(found[1])
    if not character or not found[2]:
        return character
    return character[0] + _TONES[int(found[2]) - 1] + character[1:].removeprefix("\ufe0f")


def _by_unicode_name(name: str) -> str | None:
    try:
        character = lookup(name.upper().replace("_", " "))
    except KeyError:
        return None
    # ":copyright sign:" and the arrows of mathematics are symbols, but no emoji.
    return character if category(character) == "So" and ord(character) >= 0x231A else None


def set_emoji(text: str) -> str:
    """Replace the codes in running text; unknown ones stay as they are."""
    if text.count(":") < 2:
        return text
    return _IN_TEXT.sub(lambda run: _WHOLE.sub(lambda code: emoji_of(code[0]) or code[0], run[0]), text)
