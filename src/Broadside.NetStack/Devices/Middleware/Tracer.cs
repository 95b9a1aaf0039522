using System.Globalization;
using System.Text;

namespace Broadside.NetStack.Devices;

/// <summary>Writes one line for each frame of a device, much as tcpdump does. It allocates: it is for finding faults.</summary>
internal sealed class Tracer : PacketMiddleware
{
    private readonly TextWriter _writer;
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly StringBuilder _line = new();
    private byte[] _scratch = [];

    /// <summary>Traces to a writer, which stays its owner's; the device becomes this one's own.</summary>
    public Tracer(PacketDevice inner, TextWriter writer, TimeProvider timeProvider)
        : base(inner)
    {
        _writer = writer;
        _timeProvider = timeProvider;
        _start = timeProvider.GetTimestamp();
    }

    public override int Receive(Span<ReceivedFrame> burst)
    {
        var count = Inner.Receive(burst);
        foreach (ref readonly var frame in burst[..count])
        {
            Write("In ", frame.Bytes, frame.SegmentSize);
        }

        return count;
    }

    public override bool TryTransmit(in OutgoingFrame frame)
    {
        if (!Inner.TryTransmit(frame))
        {
            return false;
        }

        if (_scratch.Length < frame.Length)
        {
            _scratch = new byte[frame.Length];
        }

        frame.CopyTo(_scratch);
        Write("Out", _scratch.AsSpan(0, frame.Length), frame.SegmentSize);
        return true;
    }

    private void Write(string direction, ReadOnlySpan<byte> frame, int segmentSize)
    {
        var time = _timeProvider.GetElapsedTime(_start);
        _line.Clear().Append(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F6} {direction} ");
        PacketText.Append(_line, frame, LinkLayer);
        if (segmentSize > 0)
        {
            _line.Append(CultureInfo.InvariantCulture, $", segments of {segmentSize}");
        }

        _writer.WriteLine(_line);
    }
}
