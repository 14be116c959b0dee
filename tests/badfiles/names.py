"""Names that a shell, a tool, a browser or a file system would read as something else."""

from __future__ import annotations

NAMES = (
    *("../../../../etc/passwd", "/etc/passwd", "..\\..\\windows\\win.ini", "....//....//x", "..", ".", "~/.ssh/id_rsa"),
    *("%2e%2e%2fx.png", "..%c0%afx", "a/b/c.png", "C:\\x.png", "\\\\host\\share\\x.png", "x.png/", "//host/x.png"),
    *("-i", "--help", "-vf movie=x", "-", "@list.txt", "@/etc/passwd", "|id", "x|id|.png", "`id`.png", "$(id).png"),
    *("x;id;.png", "x&&id.png", "x\nid\n.png", "x\r\nSet-Cookie: a=b.png", "'; DROP TABLE files; --.png", '"x".png'),
    *(
        "concat:a.ts|b.ts",
        "file:/etc/passwd",
        "http://127.0.0.1/x.png",
        "subfile,,start,0,end,9,,:x",
        "data:,x",
        "pipe:0",
    ),
    *(
        "image%03d.png",
        "image%99999999d.png",
        "%s%s%n.png",
        "x[0].png",
        "x[page=9].pdf",
        "x*.png",
        "x?.png",
        "{a,b}.png",
    ),
    *(
        "msl:x.png",
        "text:/etc/passwd",
        "x.png:stream",
        "x.png\0.exe",
        "CON",
        "NUL.png",
        "aux.jpg",
        "x.",
        "x. ",
        " x.png",
    ),
    *("a" * 300 + ".png", "ä" * 200 + ".png", "x." + "e" * 300, "\u202egnp.exe", "\ufeffx.png", "\u0430.png", "💣.png"),
    *(
        "<img src=x onerror=alert(1)>.png",
        "${file.id}.png",
        "{{7*7}}.png",
        "x.svg",
        ".htaccess",
        "x.php.png",
        "\x1b[2J.png",
    ),
)
