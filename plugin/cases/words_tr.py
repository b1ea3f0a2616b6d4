"""Turkish phrases by which a message is read; see ``vefa.cases.lexicon``."""

from __future__ import annotations

from vefa.cases.case import Reason
from vefa.cases.words import ANGRY, EXCHANGE, MISSED, OWED, PRAISE, SAFETY, Row

ROWS: tuple[Row, ...] = (
    (
        PRAISE,
        """hasarsız- | hasar yok | kırık yok | eksiksiz- | eksik yok | eksiği yok | sorunsuz- | sorun yok |
        hiçbir sorun yaşamad- | problem yok | problemsiz- | geç kalmadı- | geç kalmadan | gecikmeden |
        gecikme olmadı | gecikme olmadan | kusursuz- | kötü değil | şikayetim yok | iadeye gerek |
        hayal kırıklığına uğratmadı | çiziksiz-""",
    ),
    (
        SAFETY,
        """alev aldı | alev almış | duman çık- | kıvılcım- | elektrik çarp- | çarpıldım | patladı |
        yaralan- | elimi kesti | elim kesildi | elim yandı | elimi yaktı | kanadı | alerji- | zehirlen-
        | hastane- | tehlikeli | boğulma- | aşırı ısın- | yangın- | kızarıklık-""",
    ),
    (
        Reason.DAMAGED,
        """kırık- | kırıl- | hasar- | ezik- | ezil- | çizik- | çizil- | çatlak- | çatlam- | yırtık- |
        yırtıl- | parçalan- | paramparça | akmış | sızdır- | dökülmüş | bozuk geldi | ıslak geldi""",
    ),
    (
        Reason.WRONG_ITEM,
        """yanlış ürün- | yanlış beden- | yanlış renk- | yanlış model- | yanlış numara- | yanlış sipariş- |
        yanlış gel- | yanlış gönder- | yanlış yolla- | farklı ürün- | farklı bir ürün- | farklı renk- |
        farklı model- | farklı geldi | başka ürün- | başka bir ürün- | başkasının sipariş- |
        başka bir şey gel- | sipariş ettiğim değil | sipariş ettiğim ürün değil | yerine başka""",
    ),
    (
        Reason.MISSING_PART,
        """eksik- | içinden çıkmadı | kutudan çıkmadı | paketten çıkmadı | kutuda yok- | pakette yok- |
        içinde yoktu | yarısı gel- | yarısı yok | biri gelmedi | bir tanesi gelmedi | sadece biri gel- |
        sadece bir tanesi gel- | parçası yok- | parçası gelmedi""",
    ),
    (
        OWED,
        """param yatmadı | param hâlâ yatmadı | param gelmedi | param hâlâ | para iadem | iadem yatmadı |
        iadem yapılmadı | iadem gelmedi | iade edilmedi | iade yapılmadı | iadesi yapılmadı |
        ücretim iade edilm- | paramı alamad- | paramı iade etmi- | paramı iade etmed- | iki kez çek- |
        iki kere çek- | çift çekim- | fazla ücret | fazla para çek-""",
    ),
    (MISSED, """zamanında gelmedi | vaktinde gelmedi | zamanında ulaşmadı | gününde gelmedi"""),
    (
        Reason.NOT_RECEIVED,
        """gelmedi | gelmemiş | ulaşmadı | ulaşmamış | elime geçmedi | teslim edilmedi | teslim almad- |
        teslim edildi görün- | teslim edilmiş görün- | teslim edildi yaz- | teslim edildi diyor |
        kargo kayıp | kargom kayıp | kayboldu | kaybolmuş | hâlâ yok | hala yok | ortada yok""",
    ),
    (
        Reason.QUALITY,
        """kalitesiz- | kalitesi kötü | kalitesi düşük | kalitesi berbat | kötü kalite- | düşük kalite- |
        çalışmıyor | çalışmadı | açılmıyor | bozuk- | bozuldu | arızalı | arıza yap- | defolu | sahte |
        orijinal değil | orjinal değil | taklit | soldu | yıkayınca çekti | dikişi | dikişleri | söküldü
        | sökülmüş | görseldeki gibi değil | resimdeki gibi değil | fotoğraftaki gibi değil |
        göründüğü gibi değil | açıklamadaki gibi değil | kötü kokuyor | tarihi geçmiş | son kullanma |
        bayat- | küflü | çürük-""",
    ),
    (
        Reason.LATE,
        """geç | gecik- | rötar- | günü geçti | süresi geçti | günlerdir bekli- | haftalardır bekli- |
        hâlâ bekli- | hala bekli- | kargoya verilmedi | kargoya vermed- | kargolanmadı | yola çıkmadı |
        kargo yavaş | kargo çok yavaş | yavaş kargo""",
    ),
    (Reason.REFUND, """para iadesi | ücret iadesi | paramı geri | para iade | paramı iade | geri ödeme-"""),
    (Reason.CANCEL, """iptal- | vazgeç-"""),
    (EXCHANGE, """değişim- | değiştir- | yenisini gönder- | yenisini istiyorum"""),
    (Reason.RETURN, """iade- | geri gönder- | geri yolla-"""),
    (
        Reason.SERVICE,
        """saygısız- | ilgisiz- | çok kaba | kaba davran- | kaba konuş- | cevap verm- | cevap vermiyor- |
        cevap yok | cevap alamad- | dönüş yapm- | dönüş yapılm- | dönüş yok | ulaşamıyorum | ulaşamadım
        | muhatap bul- | telefona çıkm- | telefonu açm-""",
    ),
    (
        ANGRY,
        """berbat | rezalet- | rezil- | kötü | felaket | mağdur- | şikayet- | şikâyet- | dolandır- |
        hayal kırıklığı- | memnun değil- | memnun kalmad- | bir daha asla | asla almam | asla alışveriş
        | pişman- | kabul edilemez | skandal | tüketici hakem | mahkeme- | avukat- | yazıklar olsun |
        ayıp | tavsiye etmem | tavsiye etmiyorum | önermem | önermiyorum | saçmalık | iğrenç |
        beğenmedim""",
    ),
)
