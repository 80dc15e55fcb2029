#!/usr/bin/env bash
# Makes seeds/tiff: small GeoTIFFs of all the layouts that the decoder reads, and of some that it leaves to GDAL.
# Needs gdal-bin. What it made is in git, so that everybody starts from the same files, whatever their GDAL is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/seeds/tiff"
rm -f ./*.tif
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GDAL_PAM_ENABLED=NO

# Three bands of 23 x 18 pixels: noise, steps and runs, the upper third missing.
for band in 1 2 3; do
    awk -v band=$band 'BEGIN {
        print "ncols 23\nnrows 18\nxllcorner -30\nyllcorner 5\ncellsize 0.5\nNODATA_value 99"
        srand(band)
        for (row = 0; row < 18; row++) {
            line = ""
            for (column = 0; column < 23; column++)
                line = line " " (row < 6 ? 99 : row < 10 ? int(rand() * 97) : row < 14 ? column + band : column < 12 ? 7 : 99)
            print line
        }
    }' > "$work/$band.asc"
done
gdalbuildvrt -q -separate "$work/three.vrt" "$work"/[123].asc

RANDOM=7
draw() { shift $((RANDOM % $#)); drawn=$1; } # one of its arguments, as $drawn

layout() { # layout NAME TYPE OPTIONS...: one file, the rest of whose layout is drawn
    local name=$1 type=$2 option options=()
    shift 2
    draw BLOCKYSIZE=18 BLOCKYSIZE=1 BLOCKYSIZE=4 TILED=YES; set -- "$@" $drawn
    [ $drawn != TILED=YES ] || set -- "$@" BLOCKXSIZE=16 BLOCKYSIZE=16
    draw INTERLEAVE=PIXEL INTERLEAVE=BAND; set -- "$@" $drawn
    draw ENDIANNESS=BIG ENDIANNESS=LITTLE; set -- "$@" $drawn
    draw BIGTIFF=NO BIGTIFF=NO BIGTIFF=YES; set -- "$@" $drawn
    draw SPARSE_OK=TRUE SPARSE_OK=FALSE; set -- "$@" $drawn
    for option in "$@"; do options+=(-co $option); done
    draw three.vrt 1.asc
    gdal_translate -q -ot "$type" "${options[@]}" "$work/$drawn" "$name.tif"
}

for compression in LZW DEFLATE ZSTD; do
    for type in Byte UInt16 Int16 UInt32 Int32 Float32 Float64; do
        predictors=(1 2)
        case $type in Float*) predictors=(1 2 3) ;; esac
        for predictor in "${predictors[@]}"; do
            layout "${compression,,}-${type,,}-$predictor" "$type" COMPRESS=$compression PREDICTOR=$predictor
        done
    done
done
for type in Byte Int16 Float32 Float64; do layout "none-${type,,}" "$type"; done
layout lzw-signed-byte Byte COMPRESS=LZW PREDICTOR=2 PIXELTYPE=SIGNEDBYTE
# One pixel, codes of 12 bits, smaller versions, and a nodata value that is no number.
gdal_translate -q -outsize 1 1 -co COMPRESS=LZW "$work/1.asc" one-pixel.tif
gdal_translate -q -ot Byte -outsize 90 60 -r cubic -scale 0 99 0 255 -co COMPRESS=LZW -co BLOCKYSIZE=60 "$work/1.asc" lzw-large-block.tif
gdal_translate -q -ot UInt16 -outsize 40 40 -r bilinear -co COMPRESS=DEFLATE "$work/1.asc" overviews.tif
gdaladdo -q overviews.tif 2 4
gdal_translate -q -of COG -ot Int16 -co COMPRESS=LZW -co PREDICTOR=YES "$work/1.asc" cog.tif
gdal_translate -q -a_nodata nan -ot Float32 -co COMPRESS=ZSTD -co SPARSE_OK=TRUE -co BLOCKYSIZE=3 "$work/1.asc" nodata-nan.tif
# GDAL's to answer.
gdal_translate -q -ot Byte -co COMPRESS=PACKBITS "$work/1.asc" packbits.tif
gdal_translate -q -ot Byte -a_nodata none -scale 0 99 0 15 -co NBITS=4 -co COMPRESS=LZW "$work/1.asc" four-bits.tif
