//! PNG, encoded for speed: the picture crosses a socket once and is then forgotten.

use super::canvas::Picture;

/// `picture` as a PNG file that says its own density (pixels per CSS pixel), for print.
pub(super) fn png(picture: &Picture, density: f64) -> Vec<u8> {
    let mut file = Vec::with_capacity(picture.pixels.len() / 4 + 1024);
    let mut encoder = png::Encoder::new(&mut file, picture.width as u32, picture.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // A CSS pixel is 1/96 inch.
    let per_metre = (density * 96.0 / 0.0254).round() as u32;
    let unit = png::Unit::Meter;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit }));
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&picture.pixels)?;
        writer.finish()
    });
    written.expect("writing to memory fails only for a picture without pixels, and canvases have some");
    file
}
