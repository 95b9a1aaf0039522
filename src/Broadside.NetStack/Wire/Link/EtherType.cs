namespace Broadside.NetStack.Wire;

/// <summary>What an Ethernet II frame carries.</summary>
internal enum EtherType : ushort
{
    IPv4 = 0x0800,
    Arp = 0x0806,
    IPv6 = 0x86DD,
}
