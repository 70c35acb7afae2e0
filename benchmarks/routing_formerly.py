"""Words that were kept from tuning until they had been measured on; they have been seen since.

They are for development now: ``python -m benchmarks.routing --words formerly``.
"""

from __future__ import annotations

from benchmarks.routing_home import Lists, Mess
from skills.plan import Kind

_MESSES = {
    "en": Mess(
        openers=(
            "um",
            "hmm",
            "hey so",
            "alright so",
            "well actually",
            "oh and",
            "right",
            "let's see",
            "ah yes",
            "listen",
            "you know what",
            "sorry",
        ),
        requests=(
            "could you maybe",
            "can you please just",
            "i'd like you to",
            "do me a favor and",
            "hey can you",
            "go ahead and",
            "would you be so kind and",
            "let's",
        ),
        between=(
            "um",
            "uh",
            "er",
            "like",
            "you know",
            "please",
            "maybe",
            "just",
            "hmm",
            "actually",
        ),
        closers=("please", "okay", "thanks", "again", "then", "anyway"),
        thanks=(
            "for me",
            "would you",
            "if you could",
            "if you don't mind",
            "real quick",
            "when you get a chance",
            "right away",
            "thank you very much",
        ),
        function=frozenset("the to in of a is for my did we me at you".split()),
    ),
    "zh-CN": Mess(
        openers=(
            "嗯",
            "那个",
            "呃",
            "哎",
            "喂",
            "对了",
            "就是",
            "那",
            "好",
            "嗯那个",
            "诶",
            "话说",
        ),
        requests=(
            "麻烦你",
            "麻烦帮我",
            "请帮我",
            "你帮我",
            "能不能帮我",
            "可以帮我",
            "给我",
            "先",
            "快",
        ),
        between=("那个", "嗯", "呃", "这个"),
        closers=("啊", "呀", "哈", "谢谢"),
        thanks=("吧", "好吗", "好不好", "行不行", "呗", "谢啦", "拜托", "麻烦了", "可以吗"),
        function=frozenset("把的将了给都个着是"),
    ),
    "ko": Mess(
        openers=(
            "음",
            "어",
            "저기",
            "저기요",
            "있잖아",
            "아",
            "아 맞다",
            "참",
            "그러니까",
            "근데",
            "자",
            "야",
        ),
        requests=("미안한데", "혹시", "부탁인데", "빨리", "얼른", "일단", "이제"),
        between=("음", "어", "좀", "그", "저", "그냥", "지금", "한번", "뭐지"),
        closers=("응", "알았지", "지금", "고마워"),
        thanks=("부탁해", "부탁해요", "제발", "빨리"),
        function=frozenset(("를", "을", "로", "에", "는", "은", "이", "가", "좀", "다")),
    ),
}

FORMERLY = Lists(
    rooms=(
        ("den", "休息室", "휴게실"),
        ("sunroom", "阳光房", "선룸"),
        ("spare room", "次卧", "작은방"),
        ("kids room", "孩子房", "아이들 방"),
        ("bar", "吧台", "홈바"),
        ("backyard", "后院", "뒷마당"),
        ("loft", "阁楼间", "복층"),
        ("powder room", "洗手间", "화장실"),
        ("workshop", "工作室", "작업실"),
    ),
    lights=(
        ("track light", "轨道灯", "레일등"),
        ("table lamp", "桌灯", "탁상등"),
        ("cabinet light", "橱柜灯", "싱크대등"),
        ("mirror light", "化妆灯", "화장대등"),
        ("lantern", "灯笼", "랜턴"),
        ("fairy lights", "彩灯", "꼬마전구"),
    ),
    switches=(
        ("dehumidifier", "除湿机", "제습기"),
        ("electric blanket", "电热毯", "전기장판"),
        ("slow cooker", "慢炖锅", "슬로우쿠커"),
        ("projector", "投影仪", "프로젝터"),
        ("washing machine", "洗衣机", "세탁기"),
    ),
    fans=(("box fan", "落地扇", "서큘레이터"), ("range hood", "抽油烟机", "레인지 후드")),
    covers=(
        (("roman blind", "罗马帘", "로만셰이드"), "blind"),
        (("sun shade", "遮阳帘", "차양"), "shade"),
    ),
    doors=(
        (("basement door", "地下室门", "지하실 문"), Kind.LOCK, None),
        (("kitchen door", "厨房门", "부엌문"), Kind.LOCK, None),
        (("front gate", "大门", "대문"), Kind.COVER, "gate"),
        (("garage door", "车库门", "차고 문"), Kind.COVER, "garage"),
    ),
    on={
        "en": (
            "turn on the {n}",
            "switch the {n} on",
            "power on the {n}",
            "would you turn the {n} on",
            "can we have the {n} on",
            "turn on my {n}",
        ),
        "zh-CN": ("打开{n}", "把{n}给我打开", "开启{n}", "把{n}开一下", "开{n}", "{n}开一下"),
        "ko": (
            "{n} 켜줘",
            "{n} 켜 줄래",
            "{n:를} 켜",
            "{n} 켜주세요",
            "{n} 좀 켜주라",
            "{n} 작동시켜줘",
        ),
    },
    off={
        "en": (
            "turn off the {n}",
            "switch the {n} off",
            "kill the {n}",
            "power off the {n}",
            "can you switch off the {n}",
            "turn off my {n}",
        ),
        "zh-CN": ("关掉{n}", "把{n}给关了", "{n}关了", "把{n}关一下", "关闭{n}", "关{n}"),
        "ko": ("{n} 꺼줘", "{n:를} 꺼 줄래", "{n} 끄자", "{n} 좀 꺼줄래요", "{n} 꺼주세요"),
    },
    bright={
        "en": (
            "set the {n} to {v} percent",
            "bring the {n} down to {v} percent",
            "make the {n} {v} percent",
            "dim the {n} to {v} percent",
            "{n} to {v} percent",
            "adjust the {n} to {v} percent",
        ),
        "zh-CN": (
            "把{n}亮度调成百分之{v}",
            "{n}调到百分之{v}",
            "把{n}调成百分之{v}的亮度",
            "将{n}的亮度调到百分之{v}",
        ),
        "ko": (
            "{n} 밝기 {v}퍼센트로 맞춰줘",
            "{n} {v}퍼센트로 해줘",
            "{n:를} {v}퍼센트로 낮춰줘",
            "{n} 밝기 {v}퍼센트로 조절해줘",
        ),
    },
    open={
        "en": ("open the {n}", "would you open the {n}", "get the {n} open", "open up the {n}"),
        "zh-CN": ("打开{n}", "把{n}打开", "把{n}开一下", "{n}打开"),
        "ko": ("{n} 열어줘", "{n} 열어 줄래", "{n:를} 열어", "{n} 좀 열어주세요"),
    },
    close={
        "en": ("close the {n}", "shut the {n}", "would you close the {n}", "pull the {n} shut"),
        "zh-CN": ("关上{n}", "把{n}关上", "把{n}关一下", "{n}关上"),
        "ko": ("{n} 닫아줘", "{n} 닫아 줄래", "{n:를} 닫아", "{n} 좀 닫아주세요"),
    },
    lock={
        "en": ("lock the {n}", "would you lock the {n}", "make sure the {n} is locked"),
        "zh-CN": ("锁上{n}", "把{n}锁了", "把{n}锁好", "锁{n}"),
        "ko": ("{n} 잠가줘", "{n:를} 잠가", "{n} 잠궈 줄래"),
    },
    unlock={
        "en": ("unlock the {n}", "can you unlock the {n}", "get the {n} unlocked"),
        "zh-CN": ("解锁{n}", "把{n}的锁打开", "给{n}解锁"),
        "ko": ("{n} 열어줘", "{n} 잠금 해제해 줘", "{n} 잠금 풀어 줄래"),
    },
    room_on={
        "en": (
            "turn on the lights in the {a}",
            "turn the {a} lights on",
            "switch on the lights in the {a}",
            "get the lights in the {a}",
            "{a} lights on",
            "put the lights on in the {a}",
        ),
        "zh-CN": ("打开{a}的灯", "把{a}灯打开", "{a}的灯打开", "把{a}的灯都开了", "开一下{a}的灯"),
        "ko": (
            "{a} 불 켜줘",
            "{a} 불 좀 켜 줄래",
            "{a} 전등 켜줘",
            "{a}에 불 다 켜줘",
            "{a} 조명 켜주세요",
        ),
    },
    room_off={
        "en": (
            "turn off the lights in the {a}",
            "turn the {a} lights off",
            "switch the {a} lights off",
            "kill the lights in the {a}",
            "{a} lights off",
            "all lights off in the {a}",
        ),
        "zh-CN": (
            "关掉{a}的灯",
            "把{a}灯关了",
            "{a}的灯关一下",
            "把{a}的灯都关掉",
            "关一下{a}的灯",
        ),
        "ko": (
            "{a} 불 꺼줘",
            "{a} 불 좀 꺼 줄래",
            "{a} 전등 꺼줘",
            "{a}에 불 다 꺼줘",
            "{a} 조명 꺼주세요",
        ),
    },
    is_on={
        "en": (
            "is the {n} on",
            "is the {n} on right now",
            "is the {n} turned on",
            "did we leave the {n} on",
            "is my {n} on",
        ),
        "zh-CN": ("{n}开着吗", "{n}还开着吗", "{n}有没有开", "{n}是开着的吗", "{n}关了没有"),
        "ko": ("{n} 켜져 있어", "{n} 아직 켜져 있어", "{n} 켜져 있나", "{n} 꺼졌어"),
    },
    is_locked={
        "en": ("is the {n} locked", "did we lock the {n}", "is the {n} locked right now"),
        "zh-CN": ("{n}锁了吗", "{n}锁上了吗", "{n}有没有锁"),
        "ko": ("{n} 잠겨 있어", "{n} 잠갔어", "{n} 잠겨 있나요"),
    },
    timer={
        "en": (
            "set a timer for {v} minutes",
            "set a {v} minute timer",
            "give me {v} minutes on the timer",
            "start a {v} minute timer",
            "{v} minute timer",
            "put {v} minutes on the timer",
        ),
        "zh-CN": ("定一个{v}分钟的计时器", "{v}分钟计时", "倒计时{v}分钟", "设个{v}分钟的定时器"),
        "ko": ("{v}분 타이머", "{v}분 타이머 맞춰줘", "타이머 {v}분", "{v}분 타이머 켜줘"),
    },
    time={
        "en": ("what time is it", "what time is it now", "do you know what time it is"),
        "zh-CN": ("几点了", "现在几点", "现在什么时间", "告诉我现在几点"),
        "ko": ("지금 몇 시야", "몇 시", "지금 몇 시인지 알려줘", "시간 알려줘"),
    },
    messes=_MESSES,
)
"""A home, wordings and fillers that share little with those of ``routing_words``."""

_TALK_EN = """\
he told me to turn off the oven but i had already left
i turned on the lamp and the cat jumped off the sofa
don't you think the hallway is a bit dark in winter
she wants to open a bakery near the station
who left the back door open last night
remember when the lights went out at our wedding
the washing machine has been making that noise again
we were locked out for two hours on saturday
i set the alarm for six but slept right through it
the projector at school costs more than our car
my dad always says close the door were you born in a barn
they switched off the street lights at midnight
that fan of yours is louder than a plane
he's going to kill the mood with that song
the kids left every light on as usual
would you rather have a blue or a green blanket
it was twenty percent off so i bought three of them
she put the baby down and dimmed the lights
i heard the gate at about four in the morning
how was the play was the lighting any good
open your mouth and say ah said the dentist
you can't just lock people out like that
so the plumber shut the water off and left
the timer on the oven is broken so guess when it's done
we should get curtains like the ones your mother has
the volume of a cone is a third of a cylinder
set the table dear the guests are here in ten minutes
nobody told me the garage was full of boxes
what a bright idea you had about the garden
turn around let me see the back of it
the door to my office is always open you know that
i'd love to lock in that price before it goes up
put your shoes on we are late
he raised the blinds and there was snow everywhere
make sure you call your sister on her birthday
the light in this picture is wonderful
we stopped playing cards at around eleven
that heater nearly burnt the house down last year
i'm on my way home should be there in thirty minutes
close your eyes and think of the sea"""
_TALK_ZH = """\
我昨天忘了关灯就出门了
他把车停在大门口了
妈妈说走的时候要锁门
那个洗衣机的声音太大了
你上次买的投影仪多少钱
孩子们把灯都打开了也没人管
楼上的人半夜还在开派对
我打开门一看外面全是雪
他开了一家面包店在车站旁边
这部电影里有个人被锁在地下室
昨晚停电了两个小时
你开车来还是坐地铁来
我们小时候家里没有空调
把话说清楚不要绕来绕去
这个折扣是百分之二十
她关上电脑就去睡觉了
请你明天把书还给我
灯光下她看起来特别漂亮
计时器坏了所以蛋糕烤糊了
你觉得窗帘换成蓝色的怎么样
他开着窗户睡觉结果感冒了
开会的时候请把手机调成静音
车库里堆满了旧箱子
今天的会议取消了
打开书翻到第二十页
我把钥匙锁在屋里了
风扇吹得我头疼
谁把后院的门打开的
他说十分钟以后到
妹妹把灯笼挂在门口了
关于这件事我不想多说
开心一点别想太多了
我妈总说出门要关灯
你把音量关小一点他会生气的
那盏台灯是爷爷留下来的
晚上七点半有一场足球赛
他锁着眉头一句话也不说
这家店几点关门
电热毯用久了不安全吧
门外好像有人在说话"""
_TALK_KO = """\
어제 불을 안 끄고 나왔어
엄마가 나갈 때 문 잠그라고 했어
세탁기 소리가 너무 커서 잠을 못 잤어
프로젝터가 생각보다 비싸더라
아이들이 불을 다 켜 놓고 나갔어
문을 열었더니 밖에 눈이 왔더라
역 앞에 빵집을 열었대
어젯밤에 두 시간이나 정전이었어
지하실에 갇히는 영화를 봤어
우리 어릴 때는 에어컨이 없었지
이십 퍼센트 할인해서 세 개나 샀어
동생이 컴퓨터를 끄고 자러 갔어
내일 책 돌려줘
타이머가 고장 나서 케이크가 탔어
커튼을 파란색으로 바꾸면 어떨까
창문 열고 자서 감기 걸렸어
회의할 때는 휴대폰을 꺼 두세요
차고에 상자가 가득해
오늘 약속 취소됐어
책 이십 쪽을 펴세요
열쇠를 집에 두고 문을 잠갔어
선풍기 바람 때문에 머리가 아파
누가 뒷문을 열어 놨어
십 분 뒤에 도착한대
할아버지가 주신 스탠드야
일곱 시 반에 축구 경기가 있어
그 가게 몇 시에 닫아
전기장판 오래 쓰면 위험하대
밖에 누가 온 것 같은데
입을 크게 벌리고 아 해 보세요
불 켜진 거리가 참 예쁘더라
마음을 열고 이야기해 보자
음악을 들으면서 공부했어
그 사람은 늘 문을 쾅 닫아
언니가 화장실에 오래 있어
불이야 하고 소리쳤대
밝은 색이 더 잘 어울려
차 시동이 안 켜져서 늦었어
이제 그만 울어
물이 끓으면 면을 넣으세요"""
TALK = {"en": _TALK_EN, "zh-CN": _TALK_ZH, "ko": _TALK_KO}
"""That is no command, although it sounds of lights, doors and times."""
