namespace Broadside.NetStack.Simulation.Programs;

/// <summary>What the bytes of a stream are, by their place in it, so that each can be checked where it arrives.</summary>
internal readonly struct Pattern(int stream)
{
    // A prime, so that no size of segments or buffers fits into it.
    private const int Period = 65_521;

    private static readonly byte[] Bytes = Create();

    private readonly int _start = (int)((uint)stream * 2_654_435_761 % Period);

    public void Fill(Span<byte> destination, long position)
    {
        while (!destination.IsEmpty)
        {
            var run = Run(position, destination.Length);
            run.CopyTo(destination);
            destination = destination[run.Length..];
            position += run.Length;
        }
    }

    public bool Matches(ReadOnlySpan<byte> bytes, long position)
    {
        while (!bytes.IsEmpty)
        {
            var run = Run(position, bytes.Length);
            if (!bytes[..run.Length].SequenceEqual(run))
            {
                return false;
            }

            bytes = bytes[run.Length..];
            position += run.Length;
        }

        return true;
    }

    private ReadOnlySpan<byte> Run(long position, int length)
    {
        var place = (int)((position + _start) % Period);
        return Bytes.AsSpan(place, Math.Min(length, Period - place));
    }

    private static byte[] Create()
    {
        var bytes = new byte[Period];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
