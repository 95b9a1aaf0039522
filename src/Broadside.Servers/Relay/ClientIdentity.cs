namespace Broadside.Relay;

/// <summary>What CLIENT's filters look at.</summary>
/// <param name="Id">The client's id.</param>
/// <param name="Address">Its address and port.</param>
/// <param name="LocalAddress">The address and port it connected to.</param>
/// <param name="Type">Its type.</param>
internal readonly record struct ClientIdentity(long Id, string Address, string LocalAddress, ClientType Type);
