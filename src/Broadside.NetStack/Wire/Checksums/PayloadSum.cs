namespace Broadside.NetStack.Wire;

/// <summary>
/// The sum of a run of bytes and how many they are, so that sums taken apart can be joined without reading the bytes again.
/// </summary>
internal readonly record struct PayloadSum(int Length, OnesComplementSum Sum)
{
    public static PayloadSum Of(ReadOnlySpan<byte> bytes) => new(bytes.Length, OnesComplementSum.Of(bytes));

    /// <summary>The sum of these bytes and those behind them.</summary>
    public PayloadSum Append(PayloadSum next) =>
        new(Length + next.Length, Sum + (int.IsOddInteger(Length) ? next.Sum.Swapped : next.Sum));
}
