"""Words that were held out until Sonorant's first figures of routing; now they are developed on."""

from __future__ import annotations

from benchmarks.routing_home import Lists
from benchmarks.routing_words import MESSES
from skills.plan import Kind

SEEN = Lists(
    rooms=(
        ("playroom", "游戏室", "놀이방"),
        ("master bedroom", "主卧", "안방"),
        ("family room", "起居室", "가족실"),
        ("utility room", "杂物间", "다용도실"),
        ("gym", "健身房", "운동방"),
        ("hobby room", "工作间", "취미방"),
        ("entryway", "玄关", "현관"),
        ("terrace", "露台", "테라스"),
        ("dressing room", "衣帽间", "드레스룸"),
    ),
    lights=(
        ("pendant light", "吊灯", "펜던트등"),
        ("bedside lamp", "床头灯", "침대등"),
        ("strip light", "灯带", "간접등"),
        ("vanity light", "镜前灯", "거울등"),
        ("downlight", "筒灯", "매입등"),
        ("picture light", "画灯", "그림등"),
    ),
    switches=(
        ("space heater", "取暖器", "전기난로"),
        ("rice cooker", "电饭煲", "전기밥솥"),
        ("aquarium pump", "鱼缸泵", "어항 펌프"),
        ("humidifier", "加湿器", "가습기"),
        ("toaster", "烤面包机", "토스터"),
    ),
    fans=(("ceiling fan", "吊扇", "실링팬"), ("exhaust fan", "排气扇", "환풍기")),
    covers=(
        (("roller shade", "遮光帘", "롤스크린"), "shade"),
        (("drapes", "布帘", "암막 커튼"), "curtain"),
    ),
    doors=(
        (("side door", "侧门", "옆문"), Kind.LOCK, None),
        (("cellar door", "地窖门", "지하 문"), Kind.LOCK, None),
        (("driveway gate", "车道门", "진입로 문"), Kind.COVER, "gate"),
        (("carport door", "车棚门", "주차장 문"), Kind.COVER, "garage"),
    ),
    on={
        "en": (
            "turn on the {n}",
            "switch the {n} on",
            "turn the {n} on for me",
            "can you turn on the {n}",
            "put the {n} on",
            "turn my {n} on",
        ),
        "zh-CN": ("打开{n}", "把{n}打开", "开一下{n}", "帮我开{n}", "{n}打开", "把{n}开开"),
        "ko": ("{n} 켜줘", "{n:를} 켜 줄래", "{n} 좀 켜줘", "{n} 켜", "{n} 틀어줘"),
    },
    off={
        "en": (
            "turn off the {n}",
            "switch off the {n}",
            "shut off the {n}",
            "could you turn the {n} off",
            "shut the {n} off",
        ),
        "zh-CN": ("关掉{n}", "关闭{n}", "把{n}关了", "关一下{n}", "{n}关掉"),
        "ko": ("{n} 꺼줘", "{n} 좀 꺼 줄래", "{n:를} 꺼 주세요", "{n} 꺼"),
    },
    bright={
        "en": (
            "set the {n} to {v} percent",
            "dim the {n} to {v} percent",
            "turn the {n} down to {v} percent",
            "change the {n} brightness to {v} percent",
            "put the {n} at {v} percent",
        ),
        "zh-CN": (
            "把{n}调到百分之{v}",
            "{n}亮度调到百分之{v}",
            "把{n}的亮度设为百分之{v}",
            "把{n}调暗到百分之{v}",
        ),
        "ko": (
            "{n} 밝기 {v}퍼센트로 해줘",
            "{n:를} {v}퍼센트로 맞춰줘",
            "{n} 밝기를 {v}퍼센트로 설정해줘",
        ),
    },
    open={
        "en": ("open the {n}", "open up the {n}", "could you open the {n}"),
        "zh-CN": ("打开{n}", "把{n}打开", "开一下{n}"),
        "ko": ("{n} 열어줘", "{n} 좀 열어줘", "{n:를} 열어 줄래"),
    },
    close={
        "en": ("close the {n}", "shut the {n}", "can you close the {n}"),
        "zh-CN": ("关上{n}", "把{n}关上", "关一下{n}"),
        "ko": ("{n} 닫아줘", "{n} 좀 닫아줘", "{n:를} 닫아 줄래"),
    },
    lock={
        "en": ("lock the {n}", "can you lock the {n}", "lock up the {n}"),
        "zh-CN": ("锁上{n}", "把{n}锁上", "锁一下{n}"),
        "ko": ("{n} 잠가줘", "{n} 좀 잠가 줘", "{n:를} 잠가 줄래"),
    },
    unlock={
        "en": ("unlock the {n}", "could you unlock the {n}"),
        "zh-CN": ("解锁{n}", "把{n}解锁", "打开{n}的锁"),
        "ko": ("{n} 잠금 해제해줘", "{n} 열어줘", "{n} 잠금 풀어줘"),
    },
    room_on={
        "en": (
            "turn on the lights in the {a}",
            "turn on all the lights in the {a}",
            "switch on the {a} lights",
            "lights on in the {a}",
        ),
        "zh-CN": ("打开{a}的灯", "把{a}的灯都打开", "开{a}的灯", "{a}开灯"),
        "ko": ("{a} 불 켜줘", "{a} 조명 켜줘", "{a} 불 다 켜줘", "{a}에 불 켜줘"),
    },
    room_off={
        "en": (
            "turn off the {a} lights",
            "switch off all the lights in the {a}",
            "turn the lights off in the {a}",
            "lights off in the {a}",
        ),
        "zh-CN": ("关掉{a}的灯", "把{a}的灯全关了", "关{a}的灯", "{a}关灯"),
        "ko": ("{a} 불 꺼줘", "{a} 조명 꺼줘", "{a} 불 다 꺼줘", "{a}에 불 꺼줘"),
    },
    is_on={
        "en": ("is the {n} on", "is the {n} still on", "did I leave the {n} on"),
        "zh-CN": ("{n}开着吗", "{n}是不是开着", "{n}打开了吗", "{n}关了吗"),
        "ko": ("{n} 켜져 있어", "{n} 켜졌어", "{n} 켜져 있나요"),
    },
    is_locked={
        "en": ("is the {n} locked", "did I lock the {n}"),
        "zh-CN": ("{n}锁了吗", "{n}锁好了吗", "{n}是不是锁着"),
        "ko": ("{n} 잠겨 있어", "{n} 잠겼어"),
    },
    timer={
        "en": (
            "set a timer for {v} minutes",
            "set a {v} minute timer",
            "timer for {v} minutes",
            "start a timer for {v} minutes",
        ),
        "zh-CN": ("帮我定一个{v}分钟的计时器", "{v}分钟倒计时", "设置{v}分钟计时器"),
        "ko": ("{v}분 타이머", "타이머 {v}분 맞춰줘", "{v}분 타이머 설정해줘"),
    },
    time={
        "en": ("what time is it", "what's the time", "what time is it right now"),
        "zh-CN": ("现在几点了", "几点了", "现在是几点"),
        "ko": ("지금 몇 시야", "몇 시야", "지금 시간 알려줘"),
    },
    messes=MESSES,
)
"""A home and wordings that share little with those of ``routing_words``."""
