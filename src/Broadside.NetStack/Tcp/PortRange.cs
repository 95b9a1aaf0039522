namespace Broadside.NetStack.Tcp;

/// <summary>Ports from the first to the last, both included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    /// <summary>What Linux uses, so that the two are used to the same firewalls.</summary>
    public static PortRange Ephemeral => new(32768, 60999);

    public int Count => Last - First + 1;
}
