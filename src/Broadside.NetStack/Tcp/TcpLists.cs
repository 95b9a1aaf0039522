namespace Broadside.NetStack.Tcp;

/// <summary>
/// The lists a connection can stand in, besides that of control segments: those for sending are mTCP's three, so that neither do data hold
/// up handshakes nor bulk acknowledgments.
/// </summary>
[Flags]
internal enum TcpLists : byte
{
    None = 0,
    Acknowledgments = 1,
    Data = 2,
    Events = 4,
}
