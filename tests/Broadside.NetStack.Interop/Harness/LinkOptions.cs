using Broadside.NetStack.Devices;

namespace Broadside.NetStack.Interop.Harness;

/// <summary>How a link is made.</summary>
internal sealed record LinkOptions
{
    /// <summary>The device: <c>tun</c>, <c>packet</c> or <c>xdp</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The longest packet at both ends.</summary>
    public int MaximumTransmissionUnit { get; init; } = 1500;

    /// <summary>What goes wrong with frames in each direction.</summary>
    public FaultOptions? Faults { get; init; }

    /// <summary>Settings of the kernel's end, as sysctl(8) takes them.</summary>
    public string Sysctl { get; init; } = "";

    /// <summary>Whether the kernel's end is behind two routers, with a narrower link between them, and how narrow.</summary>
    public int? NarrowUnit { get; init; }
}
