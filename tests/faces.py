"""Faces: pictures of them, drawn and taken, for the tests of what looks for faces."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import PIL.Image
from PIL import ImageDraw, ImageFilter

SKIN, HAIR, WHITE, LIPS = (224, 172, 140), (60, 40, 30), (245, 245, 245), (170, 70, 70)


def portrait() -> PIL.Image.Image:
    """A face of 200 x 200 pixels, drawn."""
    image = PIL.Image.new("RGB", (200, 200), (110, 130, 150))
    draw = ImageDraw.Draw(image)
    draw.ellipse((45, 20, 155, 175), fill=HAIR)
    draw.ellipse((55, 40, 145, 180), fill=SKIN)
    for x in (80, 120):
        draw.line((x - 13, 85, x + 13, 83), fill=HAIR, width=4)
        draw.ellipse((x - 11, 92, x + 11, 104), fill=WHITE)
        draw.ellipse((x - 5, 93, x + 5, 103), fill=HAIR)
    draw.polygon((100, 100, 91, 130, 109, 130), fill=(200, 145, 115))
    draw.ellipse((80, 143, 120, 157), fill=LIPS)
    draw.line((80, 150, 120, 150), fill=(110, 40, 40), width=2)
    return image.filter(ImageFilter.GaussianBlur(1))


def person(height: int = 100) -> PIL.Image.Image:
    """A portrait of a human being."""
    image = PIL.Image.open(BytesIO(PERSON)).convert("RGB")
    return image.resize((round(height * image.width / image.height), height))


# A portrait of NASA's astronaut Eileen Collins, 72 x 100 pixels, in the public domain.
PERSON = b64decode("""
/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2
P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABkAEgDASIAAhEBAxEB
/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2
JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5
usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBA
QAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0
dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAx
EAPwDoQlB478VG0ojQuxwoGSaw77VmeUKuQnYdzUNpF2Jtc1xbAJHEymRzjd1Ciq0W65IYq0jHn52yD+FV762ju2imlZAEGStWIJIQF2FlU9hjFZSdykjY
icJCFfap7DtWZcuPN3wyDf6o3+FTuzvFhWRl9wRn8qqvFEmWaMJkfwjAqLjLFrq8yssd0u4Hjd3rYjdJUDxsGU9xXEyXccF025t2eOD1FaugX5i1FrOVuJ
OV56H/AOvWkJvZktHRiinlSDRWpJi6y7JYEjONwzj0rHKI0TXBP3RkitrWSY9MlbAOMHn61yj3IlgMcZwO9Yz3Lia9qXnszMYQwJx06UwR7WLIrAHnArW0
QraaXF5siRgjJZ/etC1urKZ8RmGVemU/wqbXLMP7UkUfK8Y5plxqkcduUJDRntXS3UFksZ82JMH1rn9S0myu4ibddrgdFkGfyosKxzLeW9wzOXwDxgZqzB
J5F3BcsQTG4OPXmqF0j2MqqXYhuvYipNwcbHDZzxgd6drEnpwYEZHSiq8XyW0SMcsEAP1xRW5JDNAlzA8MgyjjBrjL3R7qzv8AYRujJ+VgOoru0XmnyQiQ
YZQfrSlG6BOxXtLSKW3iDqCVGR7Ui6dBageUoVQSQo7E0sU8kCtsQkqTgChfNkBbcrux5G7ge1ZeRsiK9AluYlflfSqtxosO6WWL5XkYMT6Y9PSn6gZi64
gKbf4ianS7zanfjcByRSCxx3iWBEkiwec4qXQrOW91KB0/1MIDSntkdBV+XR5NZlUgsqK3LY4FdLZ2UFhbrBboFRfzJ9TVxVzOQjJzRU+PWirJM681qzsB
l3B/HArHm8cwKcRxBh9DXGf6TqV38xZ3bknso9fYVHLGkUjJvLY7gYq7knpuh6kmo24uAm0Ox4/GrywRJOz+WmH5bjqfWsDwbGJ9CCq2GR2x7GtsX0Vv8l
18jDuehrne5tF6FfUEjmXYsWMnBIY5ptx5VtYJBGoHHQdqbeanahT5Lh2PQLzVG3uA95C9w21A4PNG7KbN/Tojb2aIww5+Zvqanpy4ZQ6MGU9CO9J0NbGA
hUUUrdKKBnDajYro2jLFEpa5nIMjY+Yj/CuSZSWLMepr0fyYNUjUzOyuBtVgfu/5NcVqukz2NxIJQAFbseGHqPamSQ6dql3p0rNaTNET1A5B/CtX/hLdQY
YmW3lH+1H/AIVzhOXp9JpDub3/AAksfzE2CKx7xtgVm6hq816oTasaA5wvXP1qh3pp60KKQm2dX4a8US28i29029GOASev/wBf3rvopEniWWJtyN3rxxIm
kjLKPmX9a7XwjrLBRHM3y5Cvnt6N/Q1Q0dkE4opc0UgOBsbtnBUZkGMEH+Mev1pdXjE2koIIzMIlPzbvujgdPasu4gltrh2iLA53BO2PY+1SwasSwcsI5u
5Ayr/7w/rSTui5Ra3MAIQ+CORTm4rorOz0u+nVbib7Llsk9QR6A/41b1Xw8kMYFjPE8T/3xyB68daZnsccTzSV0H/CLXsUHmyRb1IyCjc/kaoX2lzWqKzQ
TL670wPzpiJ7PT5IwhZwHlHCj+E9Rn9Kv2VsY7gSpwkisGHoQM/4VYsoYRFGyKVVQGJY5JNLHdRiwZgeGkZlP+zgL/Q0dSkdhpd2t1ZRNuBkC4Yd8jiiuc
053W2RslWPI9RRWDrJOx1LDNpNMYIUmdoJBlDn6j3rmb+JY2mK5BjfAI7/AFoorPD9TfFrRMqWsjK+AeD1rUimliUtHK6YHQHj8qKK6PtHHb3DQs9Xu5tq
SMpA6dRWnc3cs1qRJhh70UVZiY0rtLujY4Q9QOM/Ws+5lYzrFwEHYewoopPY0hub2ksTbREnJ680UUVwPc9VbH//2Q==
""")
