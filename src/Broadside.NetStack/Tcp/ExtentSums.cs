using Broadside.NetStack.Wire;

namespace Broadside.NetStack.Tcp;

/// <summary>Sums of payloads where they lie.</summary>
internal static class ExtentSums
{
    public static PayloadSum Of(ReadOnlySpan<Extent> extents)
    {
        var sum = default(PayloadSum);
        foreach (var extent in extents)
        {
            sum = sum.Append(PayloadSum.Of(extent.Span));
        }

        return sum;
    }
}
