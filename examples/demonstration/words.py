"""What the invented customers say: when they write by themselves, review, answer a letter, or send back."""

from __future__ import annotations

LATE = {
    "tr": (
        "Siparişim hâlâ gelmedi. Söz verdiğiniz gün geçti, ne zaman gelecek?",
        "Doğum günü hediyesiydi, gününde gelmedi. Çok üzgünüm.",
        "Üç gündür kargo bekliyorum, kimse haber vermiyor. Rezalet!",
        "Kargom nerede? Takip numarası günlerdir aynı yeri gösteriyor.",
    ),
    "fa": (
        "سفارش من هنوز نرسیده است. روزی که قول داده بودید گذشت؛ کی می‌رسد؟",
        "هدیهٔ تولد بود و به‌موقع نرسید. خیلی ناراحتم.",
        "سه روز است که منتظر بسته‌ام و هیچ‌کس خبری نمی‌دهد. واقعاً بد است!",
        "بستهٔ من کجاست؟ کد رهگیری چند روز است که تغییر نکرده.",
    ),
    "en": (
        "My order still has not arrived. The day you promised is over; when will it come?",
        "It was a birthday present and it did not come in time. I am very disappointed.",
        "I have been waiting for three days and nobody tells me anything. Unacceptable!",
        "Where is my parcel? The tracking has shown the same place for days.",
    ),
}
GOOD = {
    "tr": (
        ("Çok güzel", "Tam zamanında geldi, paketleme özenliydi."),
        ("Teşekkürler", "Beklediğimden de hızlıydı."),
    ),
    "fa": (("عالی", "به‌موقع رسید و بسته‌بندی تمیز بود."), ("سپاس", "زودتر از چیزی که فکر می‌کردم رسید.")),
    "en": (
        ("Lovely", "It came on the day it was promised."),
        ("Thank you", "Faster than I expected, well packed."),
    ),
}
BAD = {
    "tr": (("Geç geldi", "Ürün iyi, ama söylenen günde gelmedi."), ("Hayal kırıklığı", "Günlerce bekledim.")),
    "fa": (
        ("دیر رسید", "کالا خوب است، ولی دیرتر از روز گفته‌شده رسید."),
        ("ناامیدکننده", "روزها منتظر ماندم."),
    ),
    "en": (
        ("Late", "Nice, but it came after the day you promised."),
        ("Disappointing", "I waited for days."),
    ),
}
# A score from 1 to 5 and words, to a letter that says that an order is late.
ANSWERS = {
    "tr": (
        (2, "Haber verdiğiniz için teşekkürler, ama bu hafta yola çıkıyorum. Perşembeye yetişir mi?"),
        (1, "Artık istemiyorum, paramı geri verin."),
        (3, "Bekleyebilirim, yeter ki kaybolmasın."),
        (2, "Hediye olacaktı, artık geç kaldı."),
    ),
    "fa": (
        (2, "ممنون که خبر دادید، ولی این هفته سفر می‌روم. تا پنجشنبه می‌رسد؟"),
        (1, "دیگر نمی‌خواهم، پولم را پس بدهید."),
        (3, "صبر می‌کنم، فقط گم نشود."),
        (2, "قرار بود هدیه باشد، دیگر دیر شده."),
    ),
    "en": (
        (2, "Thank you for telling me, but I leave this week. Will it be here by Thursday?"),
        (1, "I do not want it any more. Please give me my money back."),
        (3, "I can wait, as long as it is not lost."),
        (2, "It was meant as a present; it is too late now."),
    ),
}
# Words to a letter that asks how a good delivery was.
PRAISE = {
    "tr": (5, "Her şey yolundaydı, teşekkürler!"),
    "fa": (5, "همه‌چیز خوب بود، سپاس!"),
    "en": (5, "All was well, thank you!"),
}
RETURNS = {
    "tr": ("Rengi beklediğim gibi değil", "Küçük geldi", "Kırık çıktı"),
    "fa": ("رنگش آن چیزی نیست که فکر می‌کردم", "کوچک است", "شکسته رسید"),
    "en": ("The colour is not what I expected", "It is too small", "It arrived broken"),
}
CANCELLED = {"tr": "Vazgeçtim", "fa": "منصرف شدم", "en": "I changed my mind"}
PLACES = {
    "tr": ("Aktarma merkezi", "Bölge deposu", "Dağıtım şubesi"),
    "fa": ("مرکز تجزیه و مبادلات", "انبار منطقه", "شعبهٔ توزیع"),
    "en": ("Sorting centre", "Regional depot", "Delivery branch"),
}
# What the shop answers to somebody who complained, or who asked.
REPLIES = {
    "tr": (
        "Gecikme için özür dileriz. Kargo şirketiyle görüştük; paketiniz yolda ve izliyoruz.",
        "Haklısınız, sözümüzü tutamadık. Kargo ücretini iade ettik; paketiniz size ulaşana kadar takip edeceğiz.",
    ),
    "fa": (
        "برای تأخیر پوزش می‌خواهیم. با شرکت حمل صحبت کردیم؛ بستهٔ شما در راه است و پیگیر آن هستیم.",
        "حق با شماست؛ به قول خود عمل نکردیم. هزینهٔ ارسال را برگرداندیم و تا رسیدن بسته پیگیری می‌کنیم.",
    ),
    "en": (
        "We are sorry for the delay. We have spoken with the carrier; your parcel is on its way and we watch it.",
        "You are right, we did not keep our word. We have refunded the shipping and follow your parcel.",
    ),
}
