"""The same messages in Vietnamese and Bulgarian: our own translations, since BankID speaks Swedish and English only."""

from __future__ import annotations

from collections.abc import Mapping

VIETNAMESE: Mapping[str, str] = {
    "RFA1": "Hãy mở ứng dụng BankID.",
    "RFA2": "Thiết bị này chưa cài ứng dụng BankID. Hãy liên hệ ngân hàng của bạn.",
    "RFA3": "Thao tác đã bị hủy. Hãy thử lại.",
    "RFA4": "Đã có một lần định danh hoặc ký khác đang chạy cho số cá nhân này. Cả hai đã bị dừng. Hãy thử lại.",
    "RFA5": "Lỗi kỹ thuật nội bộ. Hãy thử lại.",
    "RFA6": "Thao tác đã bị hủy.",
    "RFA8": (
        "Ứng dụng BankID không phản hồi. Hãy kiểm tra ứng dụng đã mở và thiết bị có mạng. Nếu chưa có BankID còn hiệu "
        "lực, bạn có thể xin tại ngân hàng. Sau đó hãy thử lại."
    ),
    "RFA9": "Nhập mã bảo mật trong ứng dụng BankID rồi chọn định danh hoặc ký.",
    "RFA13": "Đang thử mở ứng dụng BankID.",
    "RFA14A": (
        "Đang tìm BankID, có thể mất một lúc. Nếu sau vài giây vẫn không thấy thì có lẽ máy tính này không có BankID "
        "dùng được. Nếu có thẻ BankID, hãy cắm vào đầu đọc. Nếu BankID ở thiết bị khác, hãy mở ứng dụng ở đó."
    ),
    "RFA14B": (
        "Đang tìm BankID, có thể mất một lúc. Nếu sau vài giây vẫn không thấy thì có lẽ thiết bị này không có BankID "
        "dùng được. Nếu BankID ở thiết bị khác, hãy mở ứng dụng ở đó."
    ),
    "RFA15A": "Đang tìm BankID trên máy tính này. Nếu có thẻ BankID, hãy cắm vào đầu đọc.",
    "RFA15B": "Đang tìm BankID trên thiết bị này.",
    "RFA16": "BankID bạn dùng đã bị khóa hoặc quá cũ. Hãy dùng BankID khác hoặc xin mới tại ngân hàng.",
    "RFA17A": "Có vẻ thiết bị này chưa có ứng dụng BankID. Hãy cài ứng dụng và xin BankID tại ngân hàng của bạn.",
    "RFA17B": (
        "Mã QR chưa được quét. Hãy mở ứng dụng BankID và quét mã. Nếu chưa có ứng dụng, hãy cài và xin BankID tại "
        "ngân hàng của bạn."
    ),
    "RFA18": "Hãy mở ứng dụng BankID.",
    "RFA19": "Bạn muốn dùng BankID trên máy tính này hay trên điện thoại?",
    "RFA20": "Bạn muốn dùng BankID trên thiết bị này hay thiết bị khác?",
    "RFA21": "Đang định danh hoặc ký.",
    "RFA22": "Lỗi không xác định. Hãy thử lại.",
    "RFA23": "Hãy chụp và đọc giấy tờ tùy thân bằng ứng dụng BankID.",
    "T1": "Đó là BankID của người khác. Bạn ký bằng BankID của chính mình.",
    "T2": "Không thể xác nhận chữ ký nên chữ ký không có giá trị. Chưa có gì được ký. Hãy thử lại.",
    "T3": "Không nhận được trả lời từ BankID. Chưa có gì được ký. Hãy thử lại.",
    "T4": "Hãy xác nhận trong ứng dụng BankID rằng chính bạn đang nói chuyện điện thoại với chúng tôi.",
    "T5": "Bạn đã từ chối cuộc gọi trong ứng dụng BankID.",
    "T6": "Ứng dụng BankID của bạn quá cũ. Hãy cập nhật rồi thử lại.",
    "T7": "BankID đã chặn thao tác vì quá rủi ro. Hãy liên hệ ngân hàng của bạn.",
    "T8": "Đó là BankID của người khác. Hãy định danh bằng BankID của chính bạn.",
    "T9": "Không thể xác nhận việc định danh. Bạn chưa đăng nhập. Hãy thử lại.",
    "T10": "Không nhận được trả lời từ BankID. Bạn chưa đăng nhập. Hãy thử lại.",
    "T11": "Ứng dụng BankID đã quay về một trình duyệt khác. Vì an toàn, lần này đã bị dừng. Hãy thử lại.",
}
BULGARIAN: Mapping[str, str] = {
    "RFA1": "Отворете приложението BankID.",
    "RFA2": "Приложението BankID не е на това устройство. Обърнете се към Вашата банка.",
    "RFA3": "Действието е прекъснато. Опитайте отново.",
    "RFA4": "За този личен номер вече имаше започнато влизане или подписване. И двете са спрени. Опитайте отново.",
    "RFA5": "Вътрешна техническа грешка. Опитайте отново.",
    "RFA6": "Действието е прекъснато.",
    "RFA8": (
        "Приложението BankID не отговаря. Проверете дали е отворено и дали имате интернет. Ако нямате валиден BankID, "
        "можете да го получите от Вашата банка. След това опитайте отново."
    ),
    "RFA9": "Въведете кода си в приложението BankID и изберете идентификация или подпис.",
    "RFA13": "Опитваме да отворим приложението BankID.",
    "RFA14A": (
        "Търсим BankID, това може да отнеме малко време. Ако не се намери до няколко секунди, вероятно на този "
        "компютър няма BankID, който може да се използва. Ако имате карта BankID, поставете я в четеца. Ако BankID е "
        "на друго устройство, отворете приложението там."
    ),
    "RFA14B": (
        "Търсим BankID, това може да отнеме малко време. Ако не се намери до няколко секунди, вероятно на това "
        "устройство няма BankID, който може да се използва. Ако BankID е на друго устройство, отворете приложението "
        "там."
    ),
    "RFA15A": "Търсим BankID на този компютър. Ако имате карта BankID, поставете я в четеца.",
    "RFA15B": "Търсим BankID на това устройство.",
    "RFA16": "Този BankID е блокиран или твърде стар. Използвайте друг или получете нов от Вашата банка.",
    "RFA17A": "Изглежда на това устройство няма приложение BankID. Инсталирайте го и получете BankID от Вашата банка.",
    "RFA17B": (
        "QR кодът не беше прочетен. Отворете приложението BankID и го сканирайте. Ако нямате приложението, "
        "инсталирайте го и получете BankID от Вашата банка."
    ),
    "RFA18": "Отворете приложението BankID.",
    "RFA19": "Искате ли да използвате BankID на този компютър или мобилен BankID?",
    "RFA20": "Искате ли да използвате BankID на това или на друго устройство?",
    "RFA21": "Идентификацията или подписването е в ход.",
    "RFA22": "Неизвестна грешка. Опитайте отново.",
    "RFA23": "Снимайте и прочетете документа си за самоличност с приложението BankID.",
    "T1": "Това беше BankID на друг човек. Подписва се със собствен BankID.",
    "T2": "Подписът не можа да бъде потвърден и не важи. Нищо не е подписано. Опитайте отново.",
    "T3": "Отговорът от BankID не пристигна. Нищо не е подписано. Опитайте отново.",
    "T4": "Потвърдете в приложението BankID, че Вие говорите с нас по телефона.",
    "T5": "Отказахте обаждането в приложението BankID.",
    "T6": "Приложението Ви BankID е твърде старо. Обновете го и опитайте отново.",
    "T7": "BankID спря действието като рисковано. Обърнете се към Вашата банка.",
    "T8": "Това беше BankID на друг човек. Идентифицирайте се със своя.",
    "T9": "Идентификацията не можа да бъде потвърдена. Не сте влезли. Опитайте отново.",
    "T10": "Отговорът от BankID не пристигна. Не сте влезли. Опитайте отново.",
    "T11": "Приложението BankID се върна в друг браузър. За по-сигурно опитът е спрян. Опитайте отново.",
}
