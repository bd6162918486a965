`include "pim_pkg.svh"
// One row buffer of a DRAM bank: which row is open, for how long, and when it may be left.
module pim_dram_row (
    input logic clk_i,
    input logic rst_ni,

    input pim_pkg::dram_timing_t         timing_i,
    input logic                          act_i,
    input logic [                  25:0] row_i,          // to open
    input logic                          pre_i,
    input logic                          ref_i,
    input logic                          col_i,
    input logic [pim_pkg::TimeWidth+1:0] column_hold_i,  // from a column to the precharge

    output logic                          open_o,
    output logic [                  25:0] row_o,
    output logic [pim_pkg::TimeWidth-1:0] age_o,   // cycles since the activate, saturating
    output logic [pim_pkg::TimeWidth+1:0] ready_o  // cycles until a precharge (open) or an activate (closed) may issue
);
  localparam int WaitWidth = pim_pkg::TimeWidth + 2;

  logic [WaitWidth-1:0] ready_d;
  always_comb begin
    ready_d = ready_o == '0 ? '0 : ready_o - WaitWidth'(1);
    // What a command asks for counts from its own cycle.
    if (act_i) ready_d = WaitWidth'(timing_i.t_ras) - WaitWidth'(1);
    if (pre_i) ready_d = WaitWidth'(timing_i.t_rp) - WaitWidth'(1);
    if (ref_i) ready_d = WaitWidth'(timing_i.t_rfc) - WaitWidth'(1);
    if (col_i && column_hold_i > ready_o) ready_d = column_hold_i - WaitWidth'(1);
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      open_o  <= 1'b0;
      row_o   <= '0;
      age_o   <= '1;
      ready_o <= '0;
    end else begin
      ready_o <= ready_d;
      if (age_o != '1) age_o <= age_o + pim_pkg::TimeWidth'(1);
      if (act_i) begin
        open_o <= 1'b1;
        row_o  <= row_i;
        age_o  <= pim_pkg::TimeWidth'(1);
      end
      if (pre_i) open_o <= 1'b0;
    end
  end
endmodule
