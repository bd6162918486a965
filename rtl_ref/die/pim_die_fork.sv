`include "pim_assert.svh"
// Hands one item to all banks of a mask, each in its own time, and collects what they answer.
module pim_die_fork #(
    parameter int Banks = 16
) (
    input  logic               clk_i,
    input  logic               rst_ni,
    input  logic               advance_i,  // the item goes, its successor comes
    input  logic               valid_i,
    input  logic [  Banks-1:0] mask_i,
    output logic [  Banks-1:0] valid_o,
    input  logic [  Banks-1:0] ready_i,
    input  logic [3*Banks-1:0] error_i,    // with ready: why a bank refuses the item, 0 if it does not
    output logic               done_o,     // all banks of the mask have it, with this edge at the latest
    output logic [  Banks-1:0] fault_o,    // with done: banks that refused
    output logic [        2:0] error_o     // with done: why the lowest of them did
);
  logic [Banks-1:0] taken_q, take;
  logic [3*Banks-1:0] error_q, answer;

  assign valid_o = {Banks{valid_i}} & mask_i & ~taken_q;
  assign take    = valid_o & ready_i;
  assign done_o  = !valid_i || (taken_q | take) == mask_i;

  always_comb begin
    fault_o = '0;
    error_o = '0;
    for (int b = Banks - 1; b >= 0; b--) begin
      answer[3*b+:3] = taken_q[b] ? error_q[3*b+:3] : error_i[3*b+:3];
      if (mask_i[b] && answer[3*b+:3] != '0) begin
        fault_o[b] = 1'b1;
        error_o    = answer[3*b+:3];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      taken_q <= '0;
      error_q <= '0;
    end else begin
      taken_q <= advance_i ? '0 : taken_q | take;
      for (int b = 0; b < Banks; b++) begin
        if (take[b]) error_q[3*b+:3] <= error_i[3*b+:3];
      end
    end
  end

`ifdef PIM_ASSERTIONS
  GoesWhenDone: assert property (@(posedge clk_i) disable iff (!rst_ni) advance_i |-> done_o);
  Waits: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_i && !advance_i |=> valid_i && $stable(mask_i));
  OnlyOfTheMask: assert property (@(posedge clk_i) disable iff (!rst_ni) valid_i |-> (taken_q & ~mask_i) == '0);
`endif
endmodule
