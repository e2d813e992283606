//! Making addresses.

use berkeley_constants::{BDADDR_BREDR, PACKET_HOST, TIPC_ADDR_ID, TIPC_ADDR_NAME, TIPC_ADDR_NAMESEQ};

use super::text::{str2ba, uuid};
use super::variant::Address;
use crate::bindings::address::{
    AlgAddress, CanAddress, CanIsotpAddress, CanJ1939Address, HciAddress, HypervAddress, L2capAddress, NetlinkAddress,
    PacketAddress, QipcrtrAddress, RfcommAddress, TipcAddress, VsockAddress,
};
use crate::error::Result;

/// Addresses of the families that have neither hosts nor paths, from the fields of Python's tuples. What a tuple may
/// leave out has its usual value; for others, make the case from its own fields.
impl Address {
    /// AF_NETLINK: port 0 is the kernel, or lets the kernel choose one; a mask of multicast groups.
    pub fn netlink(pid: u32, groups: u32) -> Self {
        Self::Netlink(NetlinkAddress { pid, groups })
    }

    /// AF_PACKET: an interface by its name, and an Ethernet protocol, such as ETH_P_ALL.
    pub fn packet(interface: &str, protocol: u16) -> Self {
        Self::Packet(PacketAddress {
            interface: interface.into(),
            protocol,
            packet_type: PACKET_HOST as u8,
            hardware_type: 0,
            hardware_address: Vec::new(),
        })
    }

    /// AF_VSOCK: the context id of a machine, and a port.
    pub fn vsock(cid: u32, port: u32) -> Self {
        Self::Vsock(VsockAddress { cid, port })
    }

    /// AF_CAN, CAN_RAW and CAN_BCM: an interface by its name; none, `""`, is all.
    pub fn can(interface: &str) -> Self {
        Self::Can(CanAddress { interface: interface.into() })
    }

    /// AF_CAN, CAN_ISOTP: the CAN ids to receive and to send on.
    pub fn can_isotp(interface: &str, rx_id: u32, tx_id: u32) -> Self {
        Self::CanIsotp(CanIsotpAddress { interface: interface.into(), rx_id, tx_id })
    }

    /// AF_CAN, CAN_J1939: the name or else the address of an ECU, and a parameter group.
    pub fn can_j1939(interface: &str, name: u64, pgn: u32, address: u8) -> Self {
        Self::CanJ1939(CanJ1939Address { interface: interface.into(), name, pgn, address })
    }

    /// AF_BLUETOOTH, BTPROTO_L2CAP: a device, such as `00:11:22:33:44:55`, and the multiplexer of a service.
    pub fn l2cap(address: &str, psm: u16) -> Result<Self> {
        let address_type = BDADDR_BREDR as u8;
        Ok(Self::L2cap(L2capAddress { address: str2ba(address)?, psm, cid: 0, address_type }))
    }

    /// AF_BLUETOOTH, BTPROTO_RFCOMM: a device and a channel.
    pub fn rfcomm(address: &str, channel: u8) -> Result<Self> {
        Ok(Self::Rfcomm(RfcommAddress { address: str2ba(address)?, channel }))
    }

    /// AF_BLUETOOTH, BTPROTO_HCI: the number of a controller, and a channel, such as HCI_CHANNEL_RAW.
    pub fn hci(device: u16, channel: u16) -> Self {
        Self::Hci(HciAddress { device, channel })
    }

    /// AF_BLUETOOTH, BTPROTO_SCO: a device.
    pub fn sco(address: &str) -> Result<Self> {
        Ok(Self::Sco(str2ba(address)?))
    }

    /// AF_ALG: a kind of algorithm, such as `hash`, and an algorithm, such as `sha256`.
    pub fn alg(r#type: &str, name: &str) -> Self {
        Self::Alg(AlgAddress { type_: r#type.into(), name: name.into(), features: 0, mask: 0 })
    }

    /// AF_TIPC, TIPC_ADDR_NAME: an instance of a type, and a scope, such as TIPC_CLUSTER_SCOPE.
    pub fn tipc_name(r#type: u32, instance: u32, scope: i32) -> Self {
        tipc(TIPC_ADDR_NAME, [r#type, instance, 0], scope)
    }

    /// AF_TIPC, TIPC_ADDR_NAMESEQ: the instances of a type from the lower to the upper, and a scope.
    pub fn tipc_nameseq(r#type: u32, lower: u32, upper: u32, scope: i32) -> Self {
        tipc(TIPC_ADDR_NAMESEQ, [r#type, lower, upper], scope)
    }

    /// AF_TIPC, TIPC_ADDR_ID: a socket by its node and its reference.
    pub fn tipc_id(node: u32, reference: u32) -> Self {
        tipc(TIPC_ADDR_ID, [node, reference, 0], 0)
    }

    /// AF_QIPCRTR: a node and a port.
    pub fn qipcrtr(node: u32, port: u32) -> Self {
        Self::Qipcrtr(QipcrtrAddress { node, port })
    }

    /// AF_HYPERV: a virtual machine and a service, each a UUID, such as HV_GUID_PARENT.
    pub fn hyperv(vm_id: &str, service_id: &str) -> Result<Self> {
        Ok(Self::Hyperv(HypervAddress { vm_id: uuid(vm_id)?, service_id: uuid(service_id)? }))
    }
}

fn tipc(address_type: i32, [v1, v2, v3]: [u32; 3], scope: i32) -> Address {
    Address::Tipc(TipcAddress { address_type: address_type as u8, v1, v2, v3, scope: scope as i8 })
}

#[cfg(test)]
mod tests {
    use berkeley_constants::HV_GUID_PARENT;

    use super::*;
    use crate::error::Error;

    #[test]
    fn what_is_no_bluetooth_address_or_uuid_is_told_so() {
        for bad in ["", "00:11:22:33:44", "00:11:22:33:44:55:66", "00:11:22:33:44:100", "0g:1:2:3:4:5", "+1:1:2:3:4:5"]
        {
            assert_eq!(str2ba(bad), Err(Error::Invalid("bad bluetooth address")), "{bad}");
        }
        for bad in [
            "",
            "a42e7cda-d03f-480c-9cc2-a4de20abb87",
            "a42e7cdad03f480c9cc2a4de20abb878",
            "é42e7cd-d03f-480c-9cc2-a4de20abb878",
        ] {
            assert!(Address::hyperv(bad, HV_GUID_PARENT).is_err(), "{bad}");
        }
    }
}
