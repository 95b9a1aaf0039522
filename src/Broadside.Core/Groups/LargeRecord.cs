using Broadside.Records;

namespace Broadside.Groups;

/// <summary>
/// One channel's reference to a record that is not copied into a log: given back when no member on the channel has it before it
/// any more and no transport refers to it, which is sooner than its segment goes.
/// </summary>
internal sealed class LargeRecord : Hold
{
    private bool _passed;

    public RecordEntry Body { get; private set; } = null!;

    /// <summary>Takes over a reference to <paramref name="body"/>.</summary>
    public static LargeRecord Rent(RecordEntry body)
    {
        var large = Pool.Rent<LargeRecord>();
        large.Body = body;
        large._passed = false;
        return large;
    }

    /// <summary>Nobody on this channel will bind the record any more.</summary>
    public void Pass()
    {
        if (!_passed)
        {
            _passed = true;
            if (!IsHeld)
            {
                OnReleased();
            }
        }
    }

    protected override void OnReleased()
    {
        if (_passed)
        {
            Body.Release();
            Body = null!;
            Pool<LargeRecord>.Return(this);
        }
    }
}
