"""Filter graphs that users write: only filters that touch nothing but the frames they are given."""

from __future__ import annotations

import re

from robots.tools import growth
from robots.tools.graph import read

# Left out on purpose: filters that read or write files or addresses (movie, subtitles, ass, lut3d, sendcmd, zmq,
# metadata, removelogo, vidstab*, libvmaf, psnr, ssim, arnndn, nnedi …), load code (frei0r, lv2, ladspa), bring frames
# of their own without end (the sources, loop, aloop, tpad, apad) or hold a whole stream in memory (reverse, areverse).
PICTURE = (
    "amplify atadenoise avgblur bbox bilateral blackdetect blackframe blend boxblur bwdif cas chromahold chromakey "
    "chromanr chromashift colorbalance colorchannelmixer colorcontrast colorcorrect colorhold colorize colorkey "
    "colorlevels colorspace colortemperature convolution crop cropdetect curves dblur dctdnoiz deband deblock decimate "
    "deflate deflicker dejudder delogo despill detelecine dilation drawbox drawgrid drawtext edgedetect elbg epx eq "
    "erosion estdif exposure extractplanes fade fftdnoiz fftfilt field fieldmatch fieldorder fillborders format fps "
    "framerate framestep freezedetect gblur geq gradfun grayworld greyedge hflip histeq hqdn3d hqx hstack hue "
    "huesaturation idet il inflate interlace interleave kerndeint kirsch lagfun lenscorrection limitdiff limiter "
    "lumakey lut lutrgb lutyuv maskedmerge mcdeint median mergeplanes minterpolate mix monochrome mpdecimate negate "
    "nlmeans noformat noise normalize null overlay owdenoise pad palettegen paletteuse perspective phase pixelize pp7 "
    "premultiply prewitt pseudocolor pullup removegrain repeatfields rgbashift roberts rotate sab scale scale2ref "
    "scdet scroll select selectivecolor separatefields setdar setfield setparams setpts setrange setsar settb shear "
    "shuffleframes shufflepixels shuffleplanes signalstats siti smartblur sobel split spp stereo3d super2xsai swaprect "
    "swapuv tblend telecine thumbnail tile tiltandshift tinterlace tmedian tmix tonemap transpose trim unpremultiply "
    "unsharp untile uspp v360 vaguedenoiser vflip vibrance vignette vstack w3fdif weave xbr xfade xstack yadif zoompan "
    "zscale"
)
SOUND = (
    "acompressor acontrast acopy acrossfade acrossover acrusher adeclick adeclip adecorrelate adelay adenorm "
    "adynamicequalizer adynamicsmooth aecho aemphasis aexciter afade afftdn afftfilt aformat afreqshift afwtdn agate "
    "aiir alatency alimiter allpass amerge amix amultiply anequalizer anlmdn anull aphaser aphaseshift apulsator "
    "aresample aselect asetnsamples asetpts asetrate asettb asidedata asoftclip asplit astats asubboost asubcut "
    "asupercut asuperpass asuperstop atempo atilt atrim bandpass bandreject bass biquad channelmap channelsplit chorus "
    "compand compensationdelay crossfeed crystalizer dcshift deesser dialoguenhance dynaudnorm earwax ebur128 "
    "equalizer extrastereo firequalizer flanger haas hdcd headphone highpass highshelf join loudnorm lowpass lowshelf "
    "mcompand pan rubberband sidechaincompress sidechaingate silencedetect silenceremove speechnorm stereotools "
    "stereowiden superequalizer surround tiltshelf treble tremolo vibrato virtualbass volume volumedetect"
)
JOINING = "concat"
ALLOWED = frozenset((*PICTURE.split(), *SOUND.split(), JOINING))

# Options of allowed filters that name files.
FILES = re.compile(r"(?:^|[:,|])\s*(\w*file\w*|plot)\s*=")
# A value that starts a path, or an option whose value ffmpeg would read from a file: drawtext=/text=/etc/passwd.
PATHS = re.compile(r"(?:^|[=:|,])\s*/|\.\./")
LONGEST = 10_000


def check(graph: str) -> str:
    """The graph as it is; raises ValueError when it could do more than change frames, or make far more of them."""
    if len(graph) > LONGEST:
        raise ValueError("the filter graph is too long")
    filters = list(read(graph))
    for one in filters:
        if one.name not in ALLOWED:
            raise ValueError(f"the filter {one.name} is not allowed")
        if FILES.search(one.arguments) or PATHS.search(one.arguments):
            raise ValueError(f"the filter {one.name} may not name files")
    growth.check(filters)
    return graph
