//! Network interfaces, and the machine's name.

use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::{io, ptr};

use windows_sys::Win32::Foundation as win32;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    self as ip, ConvertInterfaceLuidToNameW, FreeMibTable, GetIfTable2Ex, GetUnicastIpAddressTable, MIB_IF_ROW2,
    MIB_UNICASTIPADDRESS_ROW, MibIfTableRaw,
};
use windows_sys::Win32::Networking::WinSock as ws;

use super::call::{answer, start};
use crate::error::Errno;

/// if_nametoindex.
pub(crate) fn if_nametoindex(name: &CStr) -> io::Result<u32> {
    // SAFETY: the name ends with a NUL.
    match unsafe { ip::if_nametoindex(name.as_ptr().cast()) } {
        0 => Err(Errno::ENODEV.into()),
        index => Ok(index),
    }
}

/// if_indextoname.
pub(crate) fn if_indextoname(index: u32) -> io::Result<Vec<u8>> {
    // netioapi.h: NDIS_IF_MAX_STRING_SIZE and a NUL.
    let mut name = [0u8; 257];
    // SAFETY: the buffer has the size that the function asks for.
    if unsafe { ip::if_indextoname(index, name.as_mut_ptr()) }.is_null() {
        return Err(Errno::ENXIO.into());
    }
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// Every interface's index and name, as CPython lists them: GetIfTable2Ex.
pub(crate) fn if_nameindex() -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut table = ptr::null_mut();
    // SAFETY: the table is read as long as it is, and freed once; each name's buffer has the size that is told.
    unsafe {
        let code = GetIfTable2Ex(MibIfTableRaw, &raw mut table);
        if code != win32::NO_ERROR {
            return Err(io::Error::from_raw_os_error(code as i32));
        }
        let rows = (&raw const (*table).Table).cast();
        let rows: &[MIB_IF_ROW2] = std::slice::from_raw_parts(rows, (*table).NumEntries as usize);
        let interfaces = rows.iter().map(|row| {
            let mut name = [0u16; 257];
            let code = ConvertInterfaceLuidToNameW(&raw const row.InterfaceLuid, name.as_mut_ptr(), name.len());
            if code != win32::NO_ERROR {
                return Err(io::Error::from_raw_os_error(code as i32));
            }
            let name = name.split(|unit| *unit == 0).next().unwrap_or_default();
            Ok((row.InterfaceIndex, String::from_utf16_lossy(name).into_bytes()))
        });
        let interfaces = interfaces.collect();
        FreeMibTable(table.cast());
        interfaces
    }
}

/// The internet addresses of the interfaces: GetUnicastIpAddressTable.
pub(crate) fn addresses() -> io::Result<Vec<IpAddr>> {
    let mut table = ptr::null_mut();
    // SAFETY: the table is read as long as it is, and freed once; an address has the shape that its family tells.
    unsafe {
        let code = GetUnicastIpAddressTable(ws::AF_UNSPEC, &raw mut table);
        if code != win32::NO_ERROR {
            return Err(io::Error::from_raw_os_error(code as i32));
        }
        let rows = (&raw const (*table).Table).cast();
        let rows: &[MIB_UNICASTIPADDRESS_ROW] = std::slice::from_raw_parts(rows, (*table).NumEntries as usize);
        let address = |row: &MIB_UNICASTIPADDRESS_ROW| match row.Address.si_family {
            ws::AF_INET => Some(Ipv4Addr::from(row.Address.Ipv4.sin_addr.S_un.S_addr.to_ne_bytes()).into()),
            ws::AF_INET6 => Some(Ipv6Addr::from(row.Address.Ipv6.sin6_addr.u.Byte).into()),
            _ => None,
        };
        let addresses = rows.iter().filter_map(address).collect();
        FreeMibTable(table.cast());
        Ok(addresses)
    }
}

/// gethostname.
pub(crate) fn gethostname() -> io::Result<Vec<u8>> {
    start();
    let mut name = [0u8; 257];
    // SAFETY: the buffer has that many bytes.
    answer(unsafe { ws::gethostname(name.as_mut_ptr(), name.len() as i32) })?;
    Ok(name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
}

/// EOPNOTSUPP: Winsock has no such call, and Python none on Windows.
pub(crate) fn sethostname(_: &[u8]) -> io::Result<()> {
    Err(Errno::EOPNOTSUPP.into())
}

/// ENODEV: vsock(7) is Linux's; Windows has AF_HYPERV.
pub(crate) fn local_cid() -> io::Result<u32> {
    Err(Errno::ENODEV.into())
}
