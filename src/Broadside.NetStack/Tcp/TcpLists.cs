namespace Broadside.NetStack.Tcp;

/// <summary>The lists a connection can stand in; those for sending are mTCP's three, so that neither data hold up handshakes nor bulk hold up acknowledgments.</summary>
[Flags]
internal enum TcpLists : byte
{
    None = 0,
    Control = 1,
    Acknowledgments = 2,
    Data = 4,
    Events = 8,
}
