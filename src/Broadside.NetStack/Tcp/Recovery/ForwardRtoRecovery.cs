namespace Broadside.NetStack.Tcp.Recovery;

/// <summary>
/// Whether a retransmission timeout was spurious, found out by sending new data after it (RFC 5682). The basic algorithm (section 2.1)
/// and the one with SACK (section 3.1) differ in what shows that something original has arrived.
/// </summary>
internal struct ForwardRtoRecovery
{
    private const int NewSegments = 2;

    private Step _step;
    private int _allowance;

    private enum Step : byte
    {
        Off,
        FirstAcknowledgment,
        SecondAcknowledgment,
    }

    /// <summary>Whether retransmissions wait for the verdict.</summary>
    public readonly bool HoldsRetransmissions => _step == Step.SecondAcknowledgment;

    /// <summary>How much new data may be sent meanwhile.</summary>
    public readonly int Allowance => HoldsRetransmissions ? _allowance : 0;

    /// <summary>Step 1, where no recovery was under way.</summary>
    public void Start() => _step = Step.FirstAcknowledgment;

    public void Stop() => _step = Step.Off;

    public void OnSentNewData(int length) => _allowance = Math.Max(0, _allowance - length);

    /// <summary>
    /// Steps 2 and 3. <paramref name="isPartial"/>: it advances, but not to the end of what was outstanding at the timeout;
    /// <paramref name="hasOriginal"/>: something sent before the timeout, and then only, was acknowledged. True if the timeout was spurious.
    /// </summary>
    public bool OnAcknowledged(bool isPartial, bool hasOriginal, int sendable, int segmentSize)
    {
        switch (_step)
        {
            case Step.FirstAcknowledgment when isPartial && sendable > 0:
                _step = Step.SecondAcknowledgment;
                _allowance = NewSegments * segmentSize;
                return false;
            case Step.SecondAcknowledgment when hasOriginal:
                _step = Step.Off;
                return true;
            default:
                _step = Step.Off;
                return false;
        }
    }
}
