`include "pim_assert.svh"
// One direction of the link: says when the beats of a transfer are due. A beat passes each cycle, unless the
// DieRAM port has more to do for it than for the beats after it; so the last one leaves when both the link and
// the port are through.
module pim_die_channel #(
    parameter int BeatSlots = 1,   // port cycles a beat takes, at least one
    parameter int SlotWidth = 28
) (
    input  logic                 clk_i,
    input  logic                 rst_ni,
    input  logic                 advance_i,
    input  logic                 begin_i,
    input  logic [SlotWidth-1:0] beats_i,
    input  logic [SlotWidth-1:0] served_i,  // by the port, from this edge
    output logic                 active_o,
    output logic                 free_o,    // a transfer may begin with this edge
    output logic                 due_o      // a beat passes with this edge
);
  logic [SlotWidth-1:0] beats_q, slots_q, beats_after, slots_after;

  assign beats_after = beats_q - SlotWidth'(1);
  assign slots_after = slots_q == '0 ? '0 : slots_q - SlotWidth'(1);
  assign active_o    = beats_q != '0;
  assign due_o       = active_o && slots_after <= beats_after * SlotWidth'(BeatSlots);
  assign free_o      = !active_o || (due_o && beats_after == '0);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      beats_q <= '0;
      slots_q <= '0;
    end else if (advance_i) begin
      if (begin_i) begin
        beats_q <= beats_i;
        slots_q <= served_i;
      end else begin
        if (due_o) beats_q <= beats_after;
        slots_q <= slots_after;
      end
    end
  end

`ifdef PIM_ASSERTIONS
  BeginsWhenFree: assert property (@(posedge clk_i) disable iff (!rst_ni) begin_i && advance_i |-> free_o);
  HasBeats: assert property (@(posedge clk_i) disable iff (!rst_ni) begin_i && advance_i |-> beats_i != '0);
`endif
endmodule
