//! Kinds of levels, by the names that ecCodes gives them, and the level itself.

use super::bytes::Bytes;

/// The kind of a level of edition 1, by code table 3.
pub(super) fn edition1(indicator: u8, centre: u16, level: i64) -> Option<&'static str> {
    // NCEP has types of its own from 200 on, with the same numbers in both editions.
    if centre == 7 && indicator > 201 {
        return of_ncep(indicator);
    }
    Some(match indicator {
        1 => "surface",
        2 => "cloudBase",
        3 => "cloudTop",
        4 => "isothermZero",
        5 => "adiabaticCondensation",
        6 => "maxWind",
        7 => "tropopause",
        8 => "nominalTop",
        9 => "seaBottom",
        100 => "isobaricInhPa",
        101 => "isobaricLayer",
        102 => "meanSea",
        103 => "heightAboveSea",
        104 => "heightAboveSeaLayer",
        105 => "heightAboveGround",
        106 => "heightAboveGroundLayer",
        107 => "sigma",
        108 => "sigmaLayer",
        109 => "hybrid",
        110 => "hybridLayer",
        111 => "depthBelowLand",
        112 => "depthBelowLandLayer",
        113 => "theta",
        114 => "thetaLayer",
        115 => "pressureFromGround",
        116 => "pressureFromGroundLayer",
        117 => "potentialVorticity",
        121 => "isobaricLayerHighPrecision",
        125 => "heightAboveGroundHighPrecision",
        128 => "sigmaLayerHighPrecision",
        141 => "isobaricLayerMixedPrecision",
        160 => "depthBelowSea",
        200 => "entireAtmosphere",
        201 => "entireOcean",
        202 if level == 0xffff => "abstractSingleLevel",
        203 => "abstractMultipleLevels",
        210 => "isobaricInPa",
        211 if centre == 98 => "oceanWave",
        212 if centre == 98 => "oceanMixedLayer",
        _ => return None,
    })
}

/// A surface of edition 2: its type, and a number that is scaled by a power of ten.
#[derive(Debug, Clone, Copy)]
struct Surface {
    kind: u8,
    scale: Option<i64>,
    value: Option<i64>,
}

impl Surface {
    fn read(bytes: Bytes<'_>, at: usize) -> Option<Self> {
        let scale = bytes.u8(at + 1)?;
        let value = bytes.u32(at + 2)?;
        Some(Self {
            kind: bytes.u8(at)?,
            scale: (scale != 0xff).then_some(bytes.i8(at + 1)?),
            value: (value != u32::MAX).then_some(value.into()),
        })
    }

    fn number(self) -> Option<f64> {
        let value = self.value? as f64;
        let scale = self.scale.unwrap_or(0) as i32;
        Some(if scale > 0 { value / 10f64.powi(scale) } else { value * 10f64.powi(-scale) })
    }

    fn is(self, kind: u8, value: i64) -> bool {
        self.kind == kind && self.scale == Some(0) && self.value == Some(value)
    }
}

/// The one or two surfaces that a field of edition 2 lies at or between.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surfaces {
    first: Surface,
    second: Surface,
}

impl Surfaces {
    pub(super) fn read(bytes: Bytes<'_>, at: usize) -> Option<Self> {
        Some(Self { first: Surface::read(bytes, at)?, second: Surface::read(bytes, at + 6)? })
    }

    /// By the letters of the table of parameters.
    pub(super) fn conditions(self) -> [(char, Option<i64>); 6] {
        [
            ('s', Some(self.first.kind.into())),
            ('f', self.first.scale),
            ('v', self.first.value),
            ('S', Some(self.second.kind.into())),
            ('F', self.second.scale),
            ('V', self.second.value),
        ]
    }

    /// The kind and the number; `vertical_numbers` tells the newer vertical grids.
    pub(super) fn level(self, centre: u16, vertical_numbers: u16) -> (Option<&'static str>, Option<f64>) {
        let number = self.first.number().unwrap_or(0.0);
        match self.kind(centre, vertical_numbers) {
            // Below 1 hPa there would be no whole numbers.
            Some("isobaricInhPa") if number >= 100.0 => (Some("isobaricInhPa"), Some(number / 100.0)),
            Some("isobaricInhPa") => (Some("isobaricInPa"), Some(number)),
            kind if self.first.kind == 100 => (kind, Some(number / 100.0)),
            kind => (kind, Some(number)),
        }
    }

    fn kind(self, centre: u16, vertical_numbers: u16) -> Option<&'static str> {
        let Self { first, second } = self;
        if centre == 7
            && let Some(name) = of_ncep(first.kind)
        {
            return Some(name);
        }
        if centre == 98 && second.kind == 255 {
            match first.kind {
                193 => return Some("flightLevel"),
                254 => return Some("abstractLevel"),
                _ => {}
            }
        }
        if second.is(100, 80_000) && first.kind == 1 {
            return Some("lowCloudLayer");
        }
        if first.is(100, 80_000) && second.is(100, 45_000) {
            return Some("mediumCloudLayer");
        }
        if first.is(100, 45_000) && second.kind == 8 {
            return Some("highCloudLayer");
        }
        if first.is(160, 0) && second.kind == 255 {
            return Some("oceanSurface");
        }
        if first.kind == 150 && vertical_numbers == 6 {
            return Some(if second.kind == 150 { "generalVerticalLayer" } else { "generalVertical" });
        }
        pair(first.kind, second.kind)
    }
}

/// Code table 4.5, where both surfaces decide.
fn pair(first: u8, second: u8) -> Option<&'static str> {
    Some(match (first, second) {
        (1, 255) => "surface",
        (1, 7) => "troposphere",
        (1, 8) => "entireAtmosphere",
        (1, 9) => "entireOcean",
        (1, 151) => "totalSoilLayer",
        (1, 162) => "entireLake",
        (1, 167) => "rootZone",
        (2, 255) => "cloudBase",
        (3, 255) => "cloudTop",
        (4, 255) => "isothermZero",
        (5, 255) => "adiabaticCondensation",
        (6, 255) => "maxWind",
        (7, 255) => "tropopause",
        (7, 36) => "stratosphere",
        (8, 255) => "nominalTop",
        (9, 255) => "seaBottom",
        (10, 255) => "atmosphere",
        (11, 255) => "cumulonimbusBase",
        (12, 255) => "cumulonimbusTop",
        (14, 255) => "freeConvection",
        (15, 255) => "convectiveCondensation",
        (16, 255) => "neutralBuoyancy",
        (17, 255) => "mostUnstableParcel",
        (18, 255) => "mixedLayerParcel",
        (19, 255) => "lowestLevelOfCloudCoverExceedance",
        (20, 255) => "isothermal",
        (28, 255) => "EffectiveInflowLayerBase",
        (28, 29) => "EffectiveInflowLayer",
        (29, 255) => "EffectiveInflowLayerTop",
        (36, 255) => "stratopause",
        (37, 255) => "hygropause",
        (100, 255) => "isobaricInhPa",
        (100, 100) => "isobaricLayer",
        (101, 255) => "meanSea",
        (102, 255) => "heightAboveSea",
        (102, 102) => "heightAboveSeaLayer",
        (103, 255) => "heightAboveGround",
        (103, 103) => "heightAboveGroundLayer",
        (104, 255) => "sigma",
        (104, 104) => "sigmaLayer",
        (105, 255) => "hybrid",
        (105, 105) => "hybridLayer",
        (106, 255) => "depthBelowLand",
        (106, 106) => "depthBelowLandLayer",
        (107, 255) => "theta",
        (107, 107) => "thetaLayer",
        (108, 255) => "pressureFromGround",
        (108, 108) => "pressureFromGroundLayer",
        (109, 255) => "potentialVorticity",
        (111, 255) => "eta",
        (114, 255) => "snow",
        (114, 114) => "snowLayer",
        (117, 255) => "mixedLayerDepthGeneric",
        (118, 255) => "hybridHeight",
        (119, 255) => "hybridPressure",
        (151, 255) => "soil",
        (151, 151) => "soilLayer",
        (152, 255) => "seaIce",
        (152, 152) => "seaIceLayer",
        (160, 255) => "depthBelowSea",
        (160, 160) => "depthBelowSeaLayer",
        (160, 9) => "oceanSurfaceToBottom",
        (160, 20) => "waterSurfaceToIsothermalOceanLayer",
        (162, 255) => "lakeBottom",
        (166, 255) => "mixingLayer",
        (168, 255) => "oceanModel",
        (168, 168) => "oceanModelLayer",
        (169, 255) => "mixedLayerDepthByDensity",
        (170, 255) => "mixedLayerDepthByTemperature",
        (171, 255) => "mixedLayerDepthByDiffusivity",
        (173, 255) => "snowTopOverIceOnWater",
        (173, 175) => "snowLayerOverIceOnWater",
        (174, 255) => "iceTopOnWater",
        (174, 160) => "iceLayerAboveWaterSurface",
        (174, 176) => "iceLayerOnWater",
        (175, 255) => "iceTopUnderSnowOnWater",
        (175, 176) => "iceLayerUnderSnowOnWater",
        (176, 255) => "iceBottomOnWater",
        (177, 255) => "indefiniteSoilDepth",
        (185, 255) => "roof",
        (185, 185) => "roofLayer",
        (186, 255) => "wall",
        (186, 186) => "wallLayer",
        (187, 255) => "road",
        (187, 185) => "urbanCanyon",
        (187, 187) => "roadLayer",
        (188, 255) => "meltPondTop",
        (188, 189) => "entireMeltPond",
        (189, 255) => "meltPondBottom",
        (191, _) => "abstractMultipleLevels",
        _ => return None,
    })
}

/// NCEP's own types.
fn of_ncep(kind: u8) -> Option<&'static str> {
    Some(match kind {
        200 => "atmosphereSingleLayer",
        201 => "oceanSingleLayer",
        204 => "highestTroposphericFreezing",
        206 => "gridScaleCloudBottom",
        207 => "gridScaleCloudTop",
        209 => "boundaryLayerCloudBottom",
        210 => "boundaryLayerCloudTop",
        211 => "boundaryLayerCloudLayer",
        212 => "lowCloudBottom",
        213 => "lowCloudTop",
        214 => "lowCloudLayer",
        215 => "cloudCeiling",
        220 => "planetaryBoundaryLayer",
        221 => "layerBetween2Hybrids",
        222 => "middleCloudBottom",
        223 => "middleCloudTop",
        224 => "middleCloudLayer",
        232 => "highCloudBottom",
        233 => "highCloudTop",
        234 => "highCloudLayer",
        235 => "oceanIsotherm",
        240 => "oceanMixedLayer",
        241 => "orderedSequenceData",
        242 => "convectiveCloudBottom",
        243 => "convectiveCloudTop",
        244 => "convectiveCloudLayer",
        245 => "lowestLevelWetBulb0",
        247 => "equilibrium",
        248 => "shallowConvectiveCloudBottom",
        249 => "shallowConvectiveCloudTop",
        251 => "deepConvectiveCloudBottom",
        252 => "deepConvectiveCloudTop",
        _ => return None,
    })
}

/// What is known of a coordinate of levels: the attributes that cfgrib gives it.
pub(super) fn attributes(name: &str) -> &'static [(&'static str, &'static str)] {
    match name {
        "depthBelowLand" | "depthBelowLandLayer" => {
            &[("long_name", "soil depth"), ("units", "m"), ("positive", "down"), ("standard_name", "depth")]
        }
        "hybrid" => &[
            ("long_name", "hybrid level"),
            ("units", "1"),
            ("positive", "down"),
            ("standard_name", "atmosphere_hybrid_sigma_pressure_coordinate"),
        ],
        "heightAboveGround" => &[
            ("long_name", "height above the surface"),
            ("units", "m"),
            ("positive", "up"),
            ("standard_name", "height"),
        ],
        "isobaricInhPa" => &[
            ("long_name", "pressure"),
            ("units", "hPa"),
            ("positive", "down"),
            ("stored_direction", "decreasing"),
            ("standard_name", "air_pressure"),
        ],
        "isobaricInPa" => &[
            ("long_name", "pressure"),
            ("units", "Pa"),
            ("positive", "down"),
            ("stored_direction", "decreasing"),
            ("standard_name", "air_pressure"),
        ],
        "isobaricLayer" => {
            &[("long_name", "pressure"), ("units", "Pa"), ("positive", "down"), ("standard_name", "air_pressure")]
        }
        _ => &[],
    }
}
