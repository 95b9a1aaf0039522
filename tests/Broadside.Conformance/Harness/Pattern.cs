namespace Broadside.Conformance.Harness;

/// <summary>A byte stream whose content follows from the position, so that loss, repetition and disorder are seen.</summary>
public static class Pattern
{
    public static byte At(long position) => (byte)((position * 31) ^ (position >> 8) ^ (position >> 16));

    public static void Fill(Span<byte> bytes, long position)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] = At(position + index);
        }
    }

    /// <summary>Where the first byte stands that does not fit, or -1.</summary>
    public static int FirstMismatch(ReadOnlySpan<byte> bytes, long position)
    {
        for (var index = 0; index < bytes.Length; index++)
        {
            if (bytes[index] != At(position + index))
            {
                return index;
            }
        }

        return -1;
    }
}
