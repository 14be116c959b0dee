"""Which of ffmpeg's demuxers may read a file: those of the one format that its first bytes tell."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = 2 * 192 + 1
SOUND = (
    "mp3,aac,ac3,eac3,dts,dtshd,truehd,mlp,flac,wav,w64,aiff,au,caf,ape,tak,tta,wv,amr,amrnb,amrwb,oma,mpc,mpc8,gsm,"
    "voc,dsf,loas,sox,spdif,xwma"
)
PICTURE = "mpeg,mpegts,mpegvideo,m4v,h263,h264,hevc,vvc,av1,obu,ivf,vc1,dirac,mjpeg"
TEXT = "srt,webvtt,ass,lrc,sami,stl,subviewer,microdvd"
STILL = (
    "gif,apng,png_pipe,jpeg_pipe,webp_pipe,webp_anim,bmp_pipe,tiff_pipe,jpegxl_pipe,jpegxl_anim,gif_pipe,qoi_pipe,"
    "dds_pipe"
)
STREAM = "mpegts"
PHOTO = "jpeg_pipe"
# Demuxers that keep to the one file they are given. Playlists and manifests (hls, dash, concat, sdp, image2) name other
# files and addresses, and would let an upload read them.
SELF_CONTAINED = (
    "mov,matroska,webm,avi,asf,flv,live_flv,kux,ogg,mxf,rm,wtv,dv,dhav,nut,nsv,swf,flic,yuv4mpegpipe,iff,"
    f"{PICTURE},{SOUND},{TEXT},{STILL}"
)
STARTS: tuple[tuple[bytes, str], ...] = (
    (rb".{4}(?:ftyp|moov|mdat|wide|free|skip|pnot|styp|moof|sidx)", "mov"),
    (rb"\x1a\x45\xdf\xa3", "matroska,webm"),
    (rb"OggS", "ogg"),
    (rb"(?:RIFF|ON2 ).{4}AVI|RIFF.{4}AMV ", "avi"),
    (rb"(?:RIFF|RF64|RIFX).{4}WAVE", "wav"),
    (rb"FLV", "flv,live_flv,kux"),
    (rb"\x30\x26\xb2\x75", "asf,xwma"),
    (rb"FORM.{4}AIF[FC]", "aiff"),
    (rb"GIF8", "gif,gif_pipe"),
    (rb"\x89PNG", "png_pipe,apng"),
    (rb"\xff\xd8\xff", PHOTO),
    (rb"RIFF.{4}WEBP", "webp_pipe,webp_anim"),
    (rb"ID3|fLaC|caff|\.snd|MAC |wvpk|TTA|MP\+|MPCK|#!AMR|ADIF|\x0b\x77|\xff[\xe0-\xff]", SOUND),
    (rb"G.{187}G|.{4}G.{191}G", STREAM),
    (rb"\x00\x00\x00?\x01", PICTURE),
    (rb"YUV4MPEG2", "yuv4mpegpipe"),
)  # fmt: skip
KNOWN = tuple((re.compile(start, re.DOTALL), demuxers) for start, demuxers in STARTS)
# Text is at most subtitles.
WRITTEN = re.compile(rb"(?:\xef\xbb\xbf)?[\t\n\r\x20-\x7e\x80-\xff]+")
# In each WAV ffmpeg looks for another codec behind the name of PCM, for three seconds and by every demuxer that it has,
# which takes longer than to decode two minutes. AC-3 shows in the first four packets, and DTS by the words with which
# its frames begin, in 16 bits of each sample or in 14, wherever the silence before it ends.
QUICKLY = ("-max_probe_packets", "4")
DTS = (b"\x7f\xfe\x80\x01", b"\xfe\x7f\x01\x80", b"\x1f\xff\xe8\x00", b"\xff\x1f\x00\xe8")
PIECE = 1 << 14  # bytes; more than the longest frame of DTS
SILENCE = bytes(PIECE)
REACH = 32 * PIECE  # as far as ffmpeg looks


def options(path: Path) -> tuple[str, ...]:
    """What stands before the input of ffprobe and ffmpeg."""
    allowed = of(path)
    # ffmpeg itself takes one for a stream only from eleven packets on, and a photo for a list if its name ends in .jpg.
    if allowed in {STREAM, PHOTO}:
        return ("-format_whitelist", allowed, "-f", allowed)
    return ("-format_whitelist", allowed, *(QUICKLY if allowed == "wav" and not _has_dts(path) else ()))


def _has_dts(path: Path) -> bool:
    with path.open("rb") as file:
        heard = file.read(PIECE)
        while (piece := file.read(PIECE)) == SILENCE and file.tell() < REACH:
            pass
        heard += piece + file.read(PIECE)
    return any(sync in heard for sync in DTS)


def of(path: Path) -> str:
    """The names as `-format_whitelist` takes them. Only a plain file is looked into: a pipe would keep us waiting."""
    if not path.is_file():
        return SELF_CONTAINED
    with path.open("rb") as file:
        head = file.read(HEAD)
    for start, demuxers in KNOWN:
        if start.match(head):
            return demuxers
    return TEXT if WRITTEN.fullmatch(head) else SELF_CONTAINED
