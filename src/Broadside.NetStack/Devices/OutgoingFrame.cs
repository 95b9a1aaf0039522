namespace Broadside.NetStack.Devices;

/// <summary>A frame to send: its headers and, behind them, its payload, which lies wherever it was prepared.</summary>
internal readonly ref struct OutgoingFrame
{
    /// <summary>All headers, that of the link included.</summary>
    public required ReadOnlySpan<byte> Headers { get; init; }

    /// <summary>The rest. A device that does not copy it at once says so by <see cref="PacketDevice.Completed"/>.</summary>
    public ReadOnlySpan<Extent> Payload { get; init; }

    public int PayloadLength { get; init; }

    /// <summary>
    /// Where the device is to cut the frame into TCP segments, how much payload each gets; zero where it is one packet. Only devices
    /// with <see cref="PacketDevice.MaximumSegmentedLength"/> take such frames.
    /// </summary>
    public int SegmentSize { get; init; }

    /// <summary>Where in <see cref="Headers"/> the TCP header begins; set with <see cref="SegmentSize"/>.</summary>
    public int TransportOffset { get; init; }

    public int Length => Headers.Length + PayloadLength;

    /// <summary>Puts headers and payload behind one another.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Headers.CopyTo(destination);
        destination = destination[Headers.Length..];
        foreach (var extent in Payload)
        {
            extent.Span.CopyTo(destination);
            destination = destination[extent.Length..];
        }
    }
}
