import numpy as np, netCDF4 as nc
for fmt,name in [("NETCDF4","odd.nc"),("NETCDF3_CLASSIC","odd3.nc")]:
    d=nc.Dataset(name,"w",format=fmt)
    d.title="odd things"; d.numbers=np.array([1.5,2.5]); d.one=np.int32(7)
    d.createDimension("time",None); d.createDimension("lat",3); d.createDimension("lon",4); d.createDimension("nchar",5); d.createDimension("nv",2); d.createDimension("st",2)
    t=d.createVariable("time","f8",("time",)); t.units="hours since 2000-01-01 00:00:00"; t.calendar="standard"; t.bounds="time_bnds"; t[:]=[0,6.5,12]
    b=d.createVariable("time_bnds","f8",("time","nv")); b[:]=[[0,6],[6,12],[12,18]]
    la=d.createVariable("lat","f4",("lat",)); la[:]=[50,49.5,49]; la.units="degrees_north"
    lo=d.createVariable("lon","f4",("lon",)); lo[:]=[0,90,180,270]
    p=d.createVariable("packed","i2",("time","lat","lon"),fill_value=-32767); p.scale_factor=np.float32(0.5); p.add_offset=np.float32(10); p.set_auto_maskandscale(False); p.coordinates="station height missingone"; p.grid_mapping="crs"
    a=np.arange(36).reshape(3,3,4).astype("i2"); a[1,1,1]=-32767; p[:]=a
    i=d.createVariable("ints","i4",("lat",)); i[:]=[1,2,3]
    h=d.createVariable("height","f8",()); h[...]=2.0; h.units="m"
    u=d.createVariable("ub","i1",("lon",)); u._Unsigned="true"; u[:]=np.array([0,1,-1,-128],"i1")
    us=d.createVariable("us","i2",("lon",)); us._Unsigned="true"; us[:]=np.array([0,1,-1,-128],"i2")
    sb=d.createVariable("sb","i1",("lon",)); sb[:]=np.array([0,1,-1,-128],"i1")
    c=d.createVariable("station","S1",("st","nchar")); c[:]=nc.stringtochar(np.array([b"Bern",b"Basel"],"S5"))
    one=d.createVariable("word","S1",("nchar",)); one[:]=nc.stringtochar(np.array([b"Bern"],"S5"))[0]
    f=d.createVariable("fl","f4",("lat",),fill_value=1e20); f[:]=np.ma.array([1,2,3],mask=[0,1,0])
    cr=d.createVariable("crs","i4",()); cr.grid_mapping_name="latitude_longitude"; cr.semi_major_axis=6378137.0; cr.inverse_flattening=298.257223563
    nl=d.createVariable("nl","i4",("lat",)); nl.units="days since 2000-01-01"; nl.calendar="noleap"; nl[:]=[58,59,60]
    im=d.createVariable("im","i4",("lat",)); im.missing_value=np.int32(2); im[:]=[1,2,3]
    if fmt=="NETCDF4":
        i6=d.createVariable("i64time","i8",("lat",)); i6.units="seconds since 1970-01-01"; i6[:]=[0,2**31,2**33]
        s=d.createVariable("names",str,("lat",)); s[:]=np.array(["Zürich","","a b"],object)
        u6=d.createVariable("u64","u8",("lat",)); u6[:]=[0,2**40,2**62]
        be=d.createVariable("big",">f4",("lat",)); be[:]=[1,2,3]
        z=d.createVariable("chunked","f4",("time","lat","lon"),zlib=True,chunksizes=(1,3,2)); z[:]=np.arange(36).reshape(3,3,4)
        g=d.createGroup("deep"); g.note="inner"; g.createDimension("k",2); k=g.createVariable("k","i4",("k",)); k[:]=[5,6]; v=g.createVariable("v","f4",("k","lat")); v[:]=1
        d.arrint=np.array([1,2,3],"i4"); d.strs=["a","b"]; d.big=np.int64(2**40)
    d.close()
d=nc.Dataset("empty_time.nc","w"); d.createDimension("time",None); d.createDimension("x",2)
d.createVariable("t","f4",("time","x")); t=d.createVariable("time","i4",("time",)); t.units="days since 2000-01-01"; d.close()

import sys
samples = sys.argv[1]
source, cut = nc.Dataset(samples + "/eraint_uvz.nc"), nc.Dataset("eraint_cut.nc", "w", format="NETCDF3_CLASSIC")
source.set_auto_maskandscale(False)
cut.setncatts({name: source.getncattr(name) for name in source.ncattrs()})
step = {"latitude": 12, "longitude": 12}
for name, dim in source.dimensions.items():
    cut.createDimension(name, len(range(0, len(dim), step.get(name, 1))))
for name, variable in source.variables.items():
    attrs = {key: variable.getncattr(key) for key in variable.ncattrs()}
    attrs.pop("_FillValue", None)
    new = cut.createVariable(name, variable.dtype, variable.dimensions)
    new.set_auto_maskandscale(False)
    new.setncatts(attrs)
    new[...] = variable[tuple(slice(None, None, step.get(dim, 1)) for dim in variable.dimensions)]
cut.close()
data, at = open(samples + "/era5-2mt-2019-03-uk.grib", "rb").read(), 0
for _ in range(24):  # messages are padded
    at = data.find(b"GRIB", at + int.from_bytes(data[at + 4:at + 7], "big"))
open("era5_cut.grib", "wb").write(data[:at])


def stores():
    """The same small dataset as HDF5 (by h5netcdf, and bare by h5py) and as a Zarr 2 folder."""
    import h5py
    import numpy as np
    import pandas as pd
    import xarray as xr

    values = np.arange(24, dtype="f4").reshape(2, 3, 4) / 2
    values[1, 2, 3] = np.nan
    ds = xr.Dataset(
        {
            "t": (("time", "lat", "lon"), values, {"units": "K", "long_name": "temperature"}),
            "n": (("lat", "lon"), np.arange(12, dtype="i4").reshape(3, 4)),
        },
        {
            "time": pd.date_range("2000-01-01", periods=2, freq="6h"),
            "lat": ("lat", [40.0, 41.0, 42.0], {"units": "degrees_north"}),
            "lon": [1.0, 2.0, 3.0, 4.0],
        },
        {"title": "small", "version": 3},
    )
    packed = {"dtype": "i2", "scale_factor": 0.5, "add_offset": 1.0, "_FillValue": -999}
    time = {"units": "hours since 2000-01-01", "dtype": "i4"}
    chunks = {"h5netcdf": {"chunksizes": (1, 3, 2), "zlib": True}, "zarr": {"chunks": (1, 3, 2)}}
    ds.to_netcdf(
        "small.h5", engine="h5netcdf", encoding={"t": packed | chunks["h5netcdf"], "time": time}
    )
    ds.to_zarr(
        "small.zarr",
        mode="w",
        zarr_format=2,
        consolidated=False,
        encoding={"t": packed | chunks["zarr"] | {"compressors": None}, "time": time}
        | {name: {"compressors": None} for name in ("n", "lat", "lon")},
    )
    with h5py.File("bare.h5", "w") as file:
        file["a"] = np.arange(6.0).reshape(2, 3)
        file["a"].attrs["units"] = "m"
        file["b"] = np.arange(6, dtype="i2").reshape(2, 3)
        file["inner/c"] = np.arange(3)


stores()
