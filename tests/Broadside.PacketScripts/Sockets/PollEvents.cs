namespace Broadside.PacketScripts.Sockets;

/// <summary>Linux's numbers of what poll reports.</summary>
[Flags]
internal enum PollEvents : short
{
    None = 0,
    In = 0x001,
    Out = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    Invalid = 0x020,
    ReadHangUp = 0x2000,
}
