namespace Broadside.NetStack.Tests.Wire;

[Collection(AllocationTests.Name)]
public sealed class WireAllocationTests
{
    [Fact]
    public void Parsing_and_emitting_allocate_nothing()
    {
        var frames = KnownFrames.All.Where(frame => !IsFragment(frame.Key)).Select(frame => frame.Value).ToArray();
        var walker = new FrameWalker();
        AllocationTests.AssertNone(() =>
        {
            foreach (var frame in frames)
            {
                walker.Frame(frame);
            }
        });
    }

    [Fact]
    public void Reassembly_allocates_nothing_once_its_pool_is_filled()
    {
        byte[][] fragments =
        [
            KnownFrames.All["ipv4-fragment"],
            KnownFrames.All["ipv4-fragment-2"],
            KnownFrames.All["ipv4-fragment-3"],
            KnownFrames.All["ipv6-fragment"],
            KnownFrames.All["ipv6-fragment-2"],
            KnownFrames.All["ipv6-fragment-3"],
        ];
        var reassembler = new Reassembler(new());
        var completed = 0;
        AllocationTests.AssertNone(() =>
        {
            foreach (var frame in fragments)
            {
                completed += Add(reassembler, frame.AsSpan(EthernetFrame.HeaderLength)) == FragmentOutcome.Completed ? 1 : 0;
            }
        });
        Assert.True(completed > 0 && reassembler.Count == 0);
    }

    private static bool IsFragment(string name) =>
        name.StartsWith("ipv4-fragment", StringComparison.Ordinal) || name.StartsWith("ipv6-fragment", StringComparison.Ordinal);

    private static FragmentOutcome Add(Reassembler reassembler, ReadOnlySpan<byte> bytes) =>
        IPv4Packet.TryParse(bytes, out var packet, out _) ? reassembler.Add(Fragment.Of(packet), default, out _)
        : IPv6Packet.TryParse(bytes, out var packet6, out _) && IPv6HeaderChain.TryParse(packet6, out var chain, out _)
            ? reassembler.Add(Fragment.Of(packet6, chain), default, out _)
        : throw new InvalidOperationException("No fragment.");
}
